"""`/admin/import`: subscribers from another system, looked at before anything is done, and taken back if need be."""
