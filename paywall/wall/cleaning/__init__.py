"""What is left of a page after the cut, cleaned of every other copy of the text that was cut."""
