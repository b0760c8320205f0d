"""What waits to be sent: the rows of the store that say which event goes to which endpoint, and when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from paywall.sandbox.state.store import Store
from paywall.sandbox.webhooks import keeping

RETRY_SECONDS = (10, 60, 300, 1800, 7200, 18_000, 36_000, 43_200)
_CLAIM_SECONDS = 60
_SUCCESS = range(200, 300)


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one endpoint; `due_at` and `happened_at` are business time in seconds.

    `state` is waiting, delivered or failed; `last_status` what the endpoint answered last, 0 if nothing.
    """

    seq: int
    event_id: str
    event_type: str
    endpoint_id: str
    attempts: int
    due_at: int
    happened_at: int = 0
    state: str = "waiting"
    last_status: int | None = None

    @property
    def is_fresh(self) -> bool:
        """True before anything was tried or put off."""
        return not self.attempts and self.due_at == self.happened_at


class Waiting:
    """Deliveries as the store holds them. Safe between threads and processes.

    `disable_after` is after how many seconds of nothing but failures an endpoint is disabled; None for never.
    """

    def __init__(self, store: Store, now: Callable[[], datetime], wall: Callable[[], datetime]) -> None:
        """Take the store, business time, by which deliveries fall due, and the machine's, by which claims end."""
        self._store, self._now, self._wall = store, now, wall
        self.disable_after: int | None = None

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

    def recent(self, most: int) -> list[Delivery]:
        """Return the latest in any state, the newest first."""
        return self._select("1", order="d.seq DESC", most=most)

    def one(self, seq: int) -> Delivery | None:
        """Return the delivery of that number."""
        return next(iter(self._select("d.seq = ?", seq)), None)

    def next_due(self, until: int) -> int | None:
        """Return the next second until then at which something is to be sent."""
        sql = "SELECT min(due_at) AS at FROM deliveries WHERE state = 'waiting' AND due_at <= ?"
        with self._store.transaction(write=False):
            found = self._store.execute(sql, (until,))[0]["at"]
        return None if found is None else int(found)

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
                self._note_success(one, status)
            else:
                self._note_failure(one, status)

    def put_off(self, one: Delivery, seconds: int) -> None:
        """Let a delivery wait so many seconds more before it is sent."""
        with self._store.transaction(write=True):
            self._store.execute(
                "UPDATE deliveries SET due_at = ?, claimed_until = NULL WHERE seq = ?",
                (self._seconds() + seconds, one.seq),
            )

    def give_up(self, one: Delivery) -> None:
        """Never send this one again: its endpoint is disabled or gone."""
        with self._store.transaction(write=True):
            self._store.execute(
                "UPDATE deliveries SET state = 'failed', claimed_until = NULL WHERE seq = ? AND state = 'waiting'",
                (one.seq,),
            )

    def _note_success(self, one: Delivery, status: int) -> None:
        self._store.execute(
            "UPDATE deliveries SET state = 'delivered', attempts = attempts + 1, claimed_until = NULL, "
            "last_status = ? WHERE seq = ?",
            (status, one.seq),
        )
        keeping.note_success(self._store, one.endpoint_id)

    def _note_failure(self, one: Delivery, status: int) -> None:
        again_at = self._seconds() + RETRY_SECONDS[min(one.attempts, len(RETRY_SECONDS) - 1)]
        self._store.execute(
            "UPDATE deliveries SET attempts = attempts + 1, claimed_until = NULL, due_at = ?, last_status = ?, "
            "state = CASE WHEN ? > give_up_at THEN 'failed' ELSE state END WHERE seq = ? AND state = 'waiting'",
            (again_at, status, again_at, one.seq),
        )
        keeping.note_failure(self._store, one.endpoint_id, self._seconds(), self.disable_after)

    def _seconds(self) -> int:
        return int(self._now().timestamp())

    def _select(self, where: str, *parameters: object, order: str = "d.seq", most: int = -1) -> list[Delivery]:
        with self._store.transaction(write=False):
            rows = self._store.execute(
                "SELECT d.seq, d.event, json_extract(o.body, '$.type'), d.endpoint, d.attempts, d.due_at, "  # noqa: S608
                "o.created, d.state, d.last_status FROM deliveries d JOIN objects o ON o.id = d.event "
                f"WHERE {where} ORDER BY {order} LIMIT ?",
                (*parameters, most),
            )
        return [Delivery(*row) for row in rows]
