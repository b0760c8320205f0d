"""The lives of made-up subscriptions, as values; nothing here knows the database."""
