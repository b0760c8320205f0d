"""Reminding readers whose payment failed, beside Stripe's own retries; and finding whoever a reminder is due for."""
