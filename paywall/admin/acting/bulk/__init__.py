"""One act on many readers: counted first, then done in small transactions, each reader once."""
