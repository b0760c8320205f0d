"""The staff of a newspaper at work in a real browser."""
