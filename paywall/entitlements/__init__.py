"""The right to read: one table, whatever it comes from."""
