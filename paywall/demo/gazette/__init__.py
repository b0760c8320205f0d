"""The Harbour Gazette: a little newspaper with a site of its own, at another address, that embeds the Courier's check.

Its stories are its own, and so is its look; the paywall's part in it is a script tag, a middleware and five lines that
verify a pass.
"""
