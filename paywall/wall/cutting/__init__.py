"""Cutting a page that holds a whole article down to its preview: where it is cut, and what is left."""
