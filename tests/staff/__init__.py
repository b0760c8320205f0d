"""Who works at a newspaper."""
