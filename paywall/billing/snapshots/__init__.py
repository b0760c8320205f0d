"""Stripe's objects, read into values of our own: the only place that knows where in them a fact is found.

Objects come as plain data in the shapes of the pinned API version: periods live on subscription items, an invoice's
subscription in its `parent`, its payment in `payments`. Amounts are in minor units, times aware UTC.
"""
