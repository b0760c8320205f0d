"""Outgoing webhooks: publishers' servers are told of every change of access, signed, again until they have heard it."""
