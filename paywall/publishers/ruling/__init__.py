"""A publisher's rules, as they are changed: meters and their windows, the wall, the invitation's words."""
