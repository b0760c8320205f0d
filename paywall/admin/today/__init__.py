"""The front page of /admin: what may want looking at today, and what has just been done."""
