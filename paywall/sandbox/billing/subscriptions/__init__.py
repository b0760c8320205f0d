"""Subscriptions: begun with an invoice, changed, paused, ended, and what they do by themselves over time."""
