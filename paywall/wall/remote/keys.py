"""The public keys that passes are verified by: fetched by the clock alone, whatever a pass says of itself."""

import threading
from datetime import datetime, timedelta

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet
from structlog import get_logger

from paywall import clock

log = get_logger()
FETCHED_EVERY = timedelta(minutes=5)
TRIED_EVERY = timedelta(seconds=5)


class Keys:
    """Keeps the service's keys; the first who asks has them fetched, in another thread. Safe to share."""

    def __init__(self, address: str, timeout_seconds: float) -> None:
        self._address, self._timeout = address, timeout_seconds
        self._lock = threading.Lock()
        self._known: dict[str, ECKey] = {}
        self._due_at: datetime | None = None

    def named(self, kid: str) -> ECKey | None:
        """Return the key of that name if it is known; never waits."""
        now = clock.wall()
        if self._due_at is None or now >= self._due_at:
            with self._lock:
                if self._due_at is None or now >= self._due_at:
                    self._due_at = now + TRIED_EVERY
                    threading.Thread(target=self.fetch, name="paywall keys", daemon=True).start()
        return self._known.get(kid)

    def fetch(self) -> None:
        """Fetch the keys; those that are known stay where that fails."""
        try:
            answer = httpx.get(self._address, timeout=self._timeout)
            answer.raise_for_status()
            found = KeySet.import_key_set(answer.json()).keys
        except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
            log.warning("the service's keys could not be fetched", error=type(error).__name__)
            return
        self._known = {key.kid: key for key in found if isinstance(key, ECKey) and key.kid}
        self._due_at = clock.wall() + FETCHED_EVERY
