"""`/admin/articles`: which articles there are, and who may read them."""
