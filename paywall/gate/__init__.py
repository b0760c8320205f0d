"""The heart: decides what of an article a reader may read, and says why."""
