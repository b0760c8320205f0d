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
from datetime import datetime

import requests

from paywall.sandbox.state.events import wire, with_pending
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.store import Store
from paywall.sandbox.webhooks.waiting import Delivery, Waiting

log = logging.getLogger(__name__)

Deliver = Callable[[str, bytes, dict[str, str]], int]

_POLL_SECONDS = 0.5
_TIMEOUT_SECONDS = 10
_MOST_AT_ONCE = 20


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
        self._store, self._wall = store, wall
        self._waiting = Waiting(store, now, wall)
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
        while time.monotonic() < ends_at and (one := self._waiting.after(last)) is not None:
            last = one.seq
            if self._waiting.claim(one):
                self.deliver(one)
                tried += 1
        return tried

    def pending(self) -> list[Delivery]:
        """Return what has not been taken by its endpoint and not been given up, in the order it happened."""
        return self._waiting.all()

    def delivered(self) -> list[Delivery]:
        """Return what has been taken, in the order it happened; `deliver()` sends such a one again, as Stripe may."""
        return self._waiting.taken()

    def deliver(self, one: Delivery) -> int:
        """Send this delivery now, whatever its state; return the endpoint's status, 0 if none came."""
        with self._store.transaction(write=False):
            message = self._message(one)
        status = self._attempt(*message) if message else 0
        self._waiting.note(one, status=status)
        return status

    def drop(self, one: Delivery) -> None:
        """Lose this delivery on its way: it counts as a failed attempt and is tried again later."""
        self._waiting.note(one, status=0)

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
            free = [one for one in self._waiting.due(_MOST_AT_ONCE) if self._waiting.claim(one)]
            for one in free:
                self.deliver(one)
            if not free:
                return

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
