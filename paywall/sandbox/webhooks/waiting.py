"""What waits to be sent: the rows of the store that say which event goes to which endpoint, and when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from paywall.sandbox.state.store import Store

RETRY_SECONDS = (10, 60, 300, 1800, 7200, 18_000, 36_000, 43_200)
_CLAIM_SECONDS = 60
_SUCCESS = range(200, 300)


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one endpoint; `due_at` is business time in seconds."""

    seq: int
    event_id: str
    event_type: str
    endpoint_id: str
    attempts: int
    due_at: int


class Waiting:
    """Deliveries as the store holds them. Safe between threads and processes."""

    def __init__(self, store: Store, now: Callable[[], datetime], wall: Callable[[], datetime]) -> None:
        """Take the store, business time, by which deliveries fall due, and the machine's, by which claims end."""
        self._store, self._now, self._wall = store, now, wall

    def all(self) -> list[Delivery]:
        """Return what has not been taken by its endpoint and not been given up, in the order it happened."""
        return self._select("state = 'waiting'")

    def taken(self) -> list[Delivery]:
        """Return what its endpoint has taken, in the order it happened."""
        return self._select("state = 'delivered'")

    def due(self, most: int) -> list[Delivery]:
        """Return the first of what has fallen due."""
        return self._select("state = 'waiting' AND d.due_at <= ?", self._seconds(), most=most)

    def after(self, seq: int) -> Delivery | None:
        """Return the first that waits, due or not, behind the one of that number."""
        return next(iter(self._select("state = 'waiting' AND d.seq > ?", seq, most=1)), None)

    def claim(self, one: Delivery) -> bool:
        """Take a delivery for a minute, before anybody else does; False if somebody has."""
        wall = int(self._wall().timestamp())
        with self._store.transaction(write=True):
            claimed = self._store.execute(
                "UPDATE deliveries SET claimed_until = ? WHERE seq = ? AND state = 'waiting' "
                "AND attempts = ? AND coalesce(claimed_until, 0) <= ? RETURNING seq",
                (wall + _CLAIM_SECONDS, one.seq, one.attempts, wall),
            )
        return bool(claimed)

    def note(self, one: Delivery, *, status: int) -> None:
        """Write down how an attempt ended: delivered, to be tried again later, or given up."""
        with self._store.transaction(write=True):
            if status in _SUCCESS:
                self._note_success(one)
            else:
                self._note_failure(one)

    def _note_success(self, one: Delivery) -> None:
        self._store.execute(
            "UPDATE deliveries SET state = 'delivered', attempts = attempts + 1, claimed_until = NULL WHERE seq = ?",
            (one.seq,),
        )

    def _note_failure(self, one: Delivery) -> None:
        again_at = self._seconds() + RETRY_SECONDS[min(one.attempts, len(RETRY_SECONDS) - 1)]
        self._store.execute(
            "UPDATE deliveries SET attempts = attempts + 1, claimed_until = NULL, due_at = ?, "
            "state = CASE WHEN ? > give_up_at THEN 'failed' ELSE state END WHERE seq = ? AND state = 'waiting'",
            (again_at, again_at, one.seq),
        )

    def _seconds(self) -> int:
        return int(self._now().timestamp())

    def _select(self, where: str, *parameters: object, most: int = -1) -> list[Delivery]:
        with self._store.transaction(write=False):
            rows = self._store.execute(
                "SELECT d.seq, d.event, d.endpoint, d.attempts, d.due_at, json_extract(o.body, '$.type') AS type "  # noqa: S608
                f"FROM deliveries d JOIN objects o ON o.id = d.event WHERE {where} ORDER BY d.seq LIMIT ?",
                (*parameters, most),
            )
        return [
            Delivery(row["seq"], row["event"], row["type"], row["endpoint"], row["attempts"], row["due_at"])
            for row in rows
        ]
