"""Changes of a subscription: planned, prorated, previewed, made at once or when they are paid."""
