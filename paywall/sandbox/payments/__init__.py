"""Customers, their cards, and taking and giving back money."""
