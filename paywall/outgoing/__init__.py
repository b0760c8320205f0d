"""Requests to addresses that outsiders name: they never lead inwards, never elsewhere, and never last long."""
