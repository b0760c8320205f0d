"""Readers by the interface: what lets them in, and letting them in."""
