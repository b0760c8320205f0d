"""What every page of /admin stands on: the door, the frame, acts that are done once."""
