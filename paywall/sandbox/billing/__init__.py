"""What is sold, at which tax and discount; subscriptions, their invoices, and what falls due on them over time."""
