"""The articles' room."""
