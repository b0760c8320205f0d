"""What was read, and where walls stood: kept so that it can be counted, and replayed under other rules."""
