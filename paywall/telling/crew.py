"""Which deliveries a lane has under way."""

import time
from collections import Counter
from threading import Lock

from paywall.telling.claiming import Claim


class Crew:
    """What is under way: in the lane, or set aside because it takes long. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._in_lane: dict[Claim, float] = {}
        self._aside: set[Claim] = set()

    def add(self, claim: Claim) -> None:
        """Note one that sets out."""
        with self._lock:
            self._in_lane[claim] = time.monotonic()

    def remove(self, claim: Claim) -> None:
        """Note one that is back."""
        with self._lock:
            self._in_lane.pop(claim, None)
            self._aside.discard(claim)

    def in_lane(self) -> int:
        """Return how many places of the lane are taken."""
        with self._lock:
            return len(self._in_lane)

    def claims(self) -> list[Claim]:
        """Return everything under way."""
        with self._lock:
            return [*self._in_lane, *self._aside]

    def busy(self) -> Counter[int]:
        """Return how many are under way for each endpoint, by its row's id."""
        return Counter(claim.endpoint_id for claim in self.claims())

    def set_aside(self, seconds: float, most: int) -> list[Claim]:
        """Free the places of who has been away for so long, unless `most` are aside; returns who was set aside."""
        now = time.monotonic()
        with self._lock:
            late = [claim for claim, since in self._in_lane.items() if now - since >= seconds]
            late = late[: max(0, most - len(self._aside))]
            for claim in late:
                del self._in_lane[claim]
            self._aside.update(late)
            return late
