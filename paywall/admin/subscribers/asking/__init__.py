"""What was asked of the list: read from the address line, and never trusted."""
