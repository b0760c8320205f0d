"""An import is carried out: applied or undone, some rows in each step, until it is done."""
