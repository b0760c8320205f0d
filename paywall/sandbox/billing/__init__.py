"""Products and prices, subscriptions with their invoices, and what falls due on them over time."""
