"""What we know of a subscription: its state, what it grants, what a reader may do with it."""
