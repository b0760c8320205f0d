"""`/admin/meter` and `/admin/wall`: what is free, where it ends, and what is said there."""
