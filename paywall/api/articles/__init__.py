"""Articles by the interface: a publisher's own system tells of them as it saves them."""
