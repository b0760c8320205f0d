"""Subscribers from elsewhere."""
