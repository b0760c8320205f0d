"""The list as a page shows it."""
