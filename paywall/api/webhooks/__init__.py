"""Webhooks by the interface: which of a publisher's servers are told of changes of access, and what became of it."""
