"""How the service itself does: what failed, what waits, what differs from Stripe; and trying again."""
