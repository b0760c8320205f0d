"""Leaving alone for a moment what did not answer, so that readers don't queue for its timeouts."""

from datetime import datetime, timedelta

from paywall import clock

SECONDS = 1


class Pause:
    """A pause of a second after each failure. Safe to share between threads."""

    def __init__(self) -> None:
        self._until: datetime | None = None

    def is_on(self) -> bool:
        """Tell whether the last failure is less than a second ago."""
        return self._until is not None and clock.wall() < self._until

    def begin(self) -> None:
        """Note a failure."""
        self._until = clock.wall() + timedelta(seconds=SECONDS)
