"""The front page of /admin."""
