"""The room of plans and offers."""
