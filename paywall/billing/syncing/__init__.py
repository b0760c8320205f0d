"""Fetching the truth from Stripe and storing it, each subscription by one at a time."""
