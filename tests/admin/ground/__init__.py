"""The door and the frame of /admin."""
