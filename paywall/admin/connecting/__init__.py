"""`/admin/keys` and `/admin/endpoints`: who may ask this service, and who is told by it."""
