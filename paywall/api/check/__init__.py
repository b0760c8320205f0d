"""`/v1/check`, which says whether somebody may read an article now."""
