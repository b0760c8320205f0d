"""Webhooks: events sent to the endpoints, signed, in order, and again with longer and longer waits until taken.

A delivery waits until it falls due by business time; the signature carries the machine's time. The background thread
sends; tests take deliveries in their own hands with `pending()`, `deliver()`, `drop()` and `hold()`.
"""

import hashlib
import hmac
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import requests

from paywall.sandbox.state.events import wire, with_pending
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.store import Store

log = logging.getLogger(__name__)

Deliver = Callable[[str, bytes, dict[str, str]], int]

RETRY_SECONDS = (10, 60, 300, 1800, 7200, 18_000, 36_000, 43_200)
_CLAIM_SECONDS = 60
_POLL_SECONDS = 0.5
_TIMEOUT_SECONDS = 10
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


def sign(secret: str, body: bytes, at: int) -> str:
    """Return the `Stripe-Signature` header for these bytes at this second."""
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Send by HTTP and return the status; a redirect is not followed."""
    answer = requests.post(url, data=body, headers=headers, timeout=_TIMEOUT_SECONDS, allow_redirects=False)
    return answer.status_code


class Deliverer:
    """Sends what waits. Several threads and processes may run one on the same store: each delivery is claimed first."""

    def __init__(
        self, store: Store, now: Callable[[], datetime], wall: Callable[[], datetime], deliver: Deliver | None
    ) -> None:
        """Take the store, both clocks, and how a request is made (None: a real one)."""
        self._store, self._now, self._wall = store, now, wall
        self._send = deliver or post
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._held = threading.Event()
        self._thread: threading.Thread | None = None
        self.before_each_round: Callable[[], object] = lambda: None

    def start(self) -> None:
        """Send from a background thread from now on."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="sandbox-webhooks", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the background thread after the delivery it is at."""
        if self._thread is not None:
            self._stopping.set()
            self._wake.set()
            self._thread.join()
            self._thread = None

    def notify(self) -> None:
        """Say that something new waits."""
        self._wake.set()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Keep the background thread from sending inside the block; what is on its way already arrives."""
        self._held.set()
        try:
            yield
        finally:
            self._held.clear()
            self._wake.set()

    def drain(self, timeout: float = 10) -> int:
        """Send all that waits, due or not, once, in this thread, with what those answers cause; return how many."""
        ends_at = time.monotonic() + timeout
        last, tried = 0, 0
        while time.monotonic() < ends_at:
            with self._store.transaction(write=False):
                fresh = self._select("state = 'waiting' AND d.seq > ?", (last,), limit=1)
            if not fresh:
                break
            last = fresh[0].seq
            if self._claim(fresh[0]):
                self.deliver(fresh[0])
                tried += 1
        return tried

    def pending(self) -> list[Delivery]:
        """Return what has not been taken by its endpoint and not been given up, in the order it happened."""
        with self._store.transaction(write=False):
            return self._select("state = 'waiting'", ())

    def delivered(self) -> list[Delivery]:
        """Return what has been taken, in the order it happened; `deliver()` sends such a one again, as Stripe may."""
        with self._store.transaction(write=False):
            return self._select("state = 'delivered'", ())

    def deliver(self, one: Delivery) -> int:
        """Send this delivery now, whatever its state; return the endpoint's status, 0 if none came."""
        with self._store.transaction(write=False):
            message = self._message(one)
        status = self._attempt(*message) if message else 0
        with self._store.transaction(write=True):
            self._note(one, status=status)
        return status

    def drop(self, one: Delivery) -> None:
        """Lose this delivery on its way: it counts as a failed attempt and is tried again later."""
        with self._store.transaction(write=True):
            self._note(one, status=0)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(_POLL_SECONDS)
            self._wake.clear()
            try:
                self.before_each_round()
                self._send_due()
            except Exception:
                log.exception("the sandbox could not deliver webhooks; it goes on")

    def _send_due(self) -> None:
        while not self._stopping.is_set() and not self._held.is_set():
            with self._store.transaction(write=False):
                due = self._select("state = 'waiting' AND due_at <= ?", (self._seconds(),), limit=20)
            free = [one for one in due if self._claim(one)]
            for one in free:
                self.deliver(one)
            if not free:
                return

    def _seconds(self) -> int:
        return int(self._now().timestamp())

    def _claim(self, one: Delivery) -> bool:
        wall = int(self._wall().timestamp())
        with self._store.transaction(write=True):
            claimed = self._store.execute(
                "UPDATE deliveries SET claimed_until = ? WHERE seq = ? AND state = 'waiting' "
                "AND attempts = ? AND coalesce(claimed_until, 0) <= ? RETURNING seq",
                (wall + _CLAIM_SECONDS, one.seq, one.attempts, wall),
            )
        return bool(claimed)

    def _select(self, where: str, parameters: tuple[object, ...], limit: int = -1) -> list[Delivery]:
        rows = self._store.execute(
            "SELECT d.seq, d.event, d.endpoint, d.attempts, d.due_at, json_extract(o.body, '$.type') AS type "  # noqa: S608
            f"FROM deliveries d JOIN objects o ON o.id = d.event WHERE {where.replace('due_at', 'd.due_at')} "
            "ORDER BY d.seq LIMIT ?",
            (*parameters, limit),
        )
        return [
            Delivery(row["seq"], row["event"], row["type"], row["endpoint"], row["attempts"], row["due_at"])
            for row in rows
        ]

    def _message(self, one: Delivery) -> tuple[str, Json, str] | None:
        endpoint = self._store.get("webhook_endpoint", one.endpoint_id)
        event = self._store.get("event", one.event_id)
        if endpoint is None or event is None:
            return None
        secret = self._store.private(one.endpoint_id)["secret"]
        return endpoint["url"], with_pending(self._store, event), secret

    def _attempt(self, url: str, event: Json, secret: str) -> int:
        body = wire(event)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": sign(secret, body, int(self._wall().timestamp())),
        }
        try:
            return self._send(url, body, headers)
        except Exception as problem:  # noqa: BLE001 - whatever the endpoint does, the sandbox tries again
            log.warning("webhook %s to %s failed: %s", event["type"], url, problem)
            return 0

    def _note(self, one: Delivery, *, status: int) -> None:
        if status in _SUCCESS:
            sql = (
                "UPDATE deliveries SET state = 'delivered', attempts = attempts + 1, claimed_until = NULL WHERE seq = ?"
            )
            self._store.execute(sql, (one.seq,))
            return
        wait = RETRY_SECONDS[min(one.attempts, len(RETRY_SECONDS) - 1)]
        self._store.execute(
            "UPDATE deliveries SET attempts = attempts + 1, claimed_until = NULL, due_at = ?, "
            "state = CASE WHEN ? > give_up_at THEN 'failed' ELSE state END WHERE seq = ? AND state = 'waiting'",
            (self._seconds() + wait, self._seconds() + wait, one.seq),
        )
