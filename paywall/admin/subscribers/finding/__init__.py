"""Finding what was asked for, quickly among a million."""
