"""Who works at a publication: in which role, with which second factor, and since when."""
