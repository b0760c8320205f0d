"""What a reader does with a subscription: cancel, resume, change the plan, pause, put a payment right.

Each deed asks Stripe with no transaction open, then syncs, so that the next page already tells the new truth.
"""
