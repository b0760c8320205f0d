"""How fast it is, side by side with what it is compared to, in one run on one machine."""
