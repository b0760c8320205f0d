"""The rooms of keys and webhooks."""
