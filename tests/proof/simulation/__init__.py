"""A month of two hundred readers, made up by chance: deeds, faults, restarts, late and doubled events, turned time."""
