"""The demo: a whole newspaper with a paywall in one process, its payments simulated, nothing to configure."""
