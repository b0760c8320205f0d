"""What changed for whom: one event for each change of access, numbered for each reader, to be told to others."""
