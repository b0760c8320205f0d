"""The address ranges that operators publish: those that came with this version, and those that were fetched since."""
