"""Importing subscribers by the page."""
