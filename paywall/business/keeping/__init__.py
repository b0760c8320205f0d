"""The entries as they are kept: one row each, summed up by day, always to be had again from the books."""
