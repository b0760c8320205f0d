"""What the interface says of itself: OpenAPI 3.1 made from its table of routes, and the same as a page for people."""
