"""Bringing in subscribers from elsewhere: a file is checked line by line, then applied in small steps, or undone."""
