"""The page of a reader."""
