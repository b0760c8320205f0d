"""The text of an article: cleaned to one plain shape, counted, and cut for the preview."""
