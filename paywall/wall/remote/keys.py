"""The public keys that passes are verified by: fetched by the clock alone, whatever a pass says of itself."""

import threading
from datetime import datetime, timedelta

import httpx
from joserfc.jwk import KeySet
from structlog import get_logger

from paywall import clock

log = get_logger()
FETCHED_EVERY = timedelta(minutes=5)
TRIED_EVERY = timedelta(seconds=5)


class Keys:
    """Keeps the service's keys; the first who asks has them fetched, in another thread. Safe to share."""

    def __init__(self, client: httpx.Client, address: str) -> None:
        self._client, self._address = client, address
        self._lock = threading.Lock()
        self._known: KeySet | None = None
        self._due_at: datetime | None = None

    def current(self) -> KeySet | None:
        """Return the keys as far as they are known; never waits."""
        now = clock.wall()
        if self._due_at is None or now >= self._due_at:
            with self._lock:
                if self._due_at is None or now >= self._due_at:
                    self._due_at = now + TRIED_EVERY
                    threading.Thread(target=self.fetch, name="paywall keys", daemon=True).start()
        return self._known

    def fetch(self) -> None:
        """Fetch the keys; those that are known stay where that fails."""
        try:
            answer = self._client.get(self._address)
            answer.raise_for_status()
            self._known = KeySet.import_key_set(answer.json())
        except (httpx.HTTPError, ValueError, KeyError) as error:
            log.warning("the service's keys could not be fetched", error=type(error).__name__)
            return
        self._due_at = clock.wall() + FETCHED_EVERY
