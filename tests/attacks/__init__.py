"""What was tried against the product from outside, kept so that it stays shut."""
