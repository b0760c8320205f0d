"""The interface for publishers' servers and pages: everything under `/v1`."""
