"""The control page: one looks at the simulated account, turns its clock, and lets payments and webhooks fail."""
