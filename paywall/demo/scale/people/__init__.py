"""Who the made-up readers are, what was given to them, and what they read."""
