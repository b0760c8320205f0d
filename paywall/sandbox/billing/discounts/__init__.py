"""Coupons, the promotion codes that hand them out, and the discounts they become on a subscription."""
