"""The tenant: a publisher with its host names, sections, meters and wall settings."""
