"""Why somebody may or may not read an article, as a page."""
