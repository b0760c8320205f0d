"""Where events are sent, and their sending."""
