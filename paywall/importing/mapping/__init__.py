"""Which column of a file means what: one small table for each system that subscribers come from."""
