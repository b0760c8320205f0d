"""Stripe's record of events, read on from where one was, straight from the stand-in's file: listing it costs time."""

import json

from paywall.sandbox.state.store import Store
from tests.billing.stripe_world import Json

_SQL = "SELECT seq, body FROM objects WHERE kind = 'event' AND seq > ? ORDER BY seq"


class Tape:
    """Gives every event once, oldest first."""

    def __init__(self, store: Store) -> None:
        self._store, self._seq = store, 0

    def fresh(self) -> list[Json]:
        """Return what was recorded since this was last asked."""
        with self._store.transaction(write=False):
            rows = self._store.execute(_SQL, (self._seq,))
        self._seq = max((row["seq"] for row in rows), default=self._seq)
        return [json.loads(row["body"]) for row in rows]
