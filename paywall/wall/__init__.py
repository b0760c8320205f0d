"""The layer around a web application: it shows full pages to whom the gate opens them, and previews to all others.

It is given a `check` and knows nothing else of ours than the gate's words, so a publisher can install it alone.
"""
