"""Differences between our books and Stripe, planted and looked for."""
