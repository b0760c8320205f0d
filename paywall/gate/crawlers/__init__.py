"""Search engines' crawlers: known by what cannot be forged, and given what each publisher wants them to have."""
