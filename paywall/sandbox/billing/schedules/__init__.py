"""Subscription schedules: phases that a subscription goes through by itself."""
