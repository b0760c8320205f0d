"""The tests: they mirror paywall/ and read as its specification."""
