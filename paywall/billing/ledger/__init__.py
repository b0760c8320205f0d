"""The books: what was paid, what went back, what is disputed, mirrored from Stripe in minor units, per currency."""
