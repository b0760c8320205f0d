"""Telling what was found: where, as whom, and how to mend it."""
