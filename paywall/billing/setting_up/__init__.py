"""Bringing a Stripe account to what we need. What is there is found by our own names; a second run changes nothing."""
