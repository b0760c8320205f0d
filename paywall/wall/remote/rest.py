"""Leaving a service alone that does not answer: for a second, then longer, and then one asks for all."""

import random
from threading import Lock
from time import monotonic

FIRST_SECONDS, LONGEST_SECONDS = 1.0, 5.0


class Rest:
    """Says who may ask. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._failures = 0
        self._until = 0.0

    def may_ask(self) -> bool:
        """Tell whether to ask now; during a rest nobody may, and after it the first alone until an answer came."""
        if not self._failures:
            return True
        with self._lock:
            now = monotonic()
            if now < self._until:
                return False
            self._until = now + LONGEST_SECONDS  # for all others, until this one knows more
            return True

    def it_answered(self) -> None:
        """Have everybody ask again."""
        self._failures = 0

    def it_did_not(self) -> None:
        """Begin a rest, a longer one each time."""
        with self._lock:
            seconds = min(FIRST_SECONDS * 2**self._failures, LONGEST_SECONDS)
            self._failures = min(self._failures + 1, 10)
            self._until = monotonic() + seconds * random.uniform(0.8, 1.2)  # noqa: S311 - so that processes part
