"""From a file's bytes to its records, each with the line it begins on; what is no such file is refused by name."""
