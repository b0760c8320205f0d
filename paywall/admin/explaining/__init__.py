"""`/admin/explain`: anybody and any article, each step of the decision by the very function that decides."""
