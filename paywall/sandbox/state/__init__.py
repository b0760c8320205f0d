"""The account's state: objects in their blank forms, kept in a file, changed by pieces of work that record events."""
