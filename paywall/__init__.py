"""A subscription paywall and billing service for newspapers."""

__version__ = "0.1.0"
