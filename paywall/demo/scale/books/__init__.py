"""The rows that lives leave in the books."""
