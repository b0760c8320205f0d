"""Webhooks: events sent to the endpoints, signed, in order, and again with longer and longer waits until taken.

A delivery waits until it falls due by business time; the signature carries the machine's time. The background thread
sends; tests take deliveries in their own hands with `pending()`, `deliver()`, `drop()` and `hold()`.
"""

import hashlib
import hmac
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import requests

from paywall.sandbox.state.events import wire, with_pending
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.store import Store
from paywall.sandbox.webhooks import keeping
from paywall.sandbox.webhooks.fates import Fate, Fated
from paywall.sandbox.webhooks.waiting import Delivery, Waiting

log = logging.getLogger(__name__)

Deliver = Callable[[str, bytes, dict[str, str]], int]

_POLL_SECONDS = 0.5
_TIMEOUT_SECONDS = 10
_MOST_AT_ONCE = 20
_SETTLE_SECONDS = 0.02


def sign(secret: str, body: bytes, at: int, *older: str) -> str:
    """Return the `Stripe-Signature` header for these bytes at this second, one `v1` for each secret."""
    message = f"{at}.".encode() + body
    signed = [hmac.new(each.encode(), message, hashlib.sha256).hexdigest() for each in (secret, *older)]
    return ",".join([f"t={at}", *(f"v1={each}" for each in signed)])


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Send by HTTP and return the status; a redirect is not followed."""
    answer = requests.post(url, data=body, headers=headers, timeout=_TIMEOUT_SECONDS, allow_redirects=False)
    return answer.status_code


class Deliverer:
    """Sends what waits. Several threads and processes may run one on the same store: each delivery is claimed first.

    `fated` says what happens to each on its way (`Chaos`, or faults); tests and the sandbox set it.
    """

    def __init__(
        self, store: Store, now: Callable[[], datetime], wall: Callable[[], datetime], deliver: Deliver | None
    ) -> None:
        """Take the store, both clocks, and how a request is made (None: a real one)."""
        self._store, self._wall = store, wall
        self.waiting = Waiting(store, now, wall)
        self._send = deliver or post
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._held = threading.Event()
        self._thread: threading.Thread | None = None
        self.before_each_round: Callable[[], object] = lambda: None
        self.fated: Fated = lambda _one: Fate()

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
        while time.monotonic() < ends_at and (one := self.waiting.after(last)) is not None:
            last = one.seq
            if self.waiting.claim(one):
                self.deliver(one)
                tried += 1
        return tried

    def send_due(self) -> None:
        """Send all that has fallen due, in this thread."""
        while self._send_some():
            pass

    def settle(self, timeout: float = _TIMEOUT_SECONDS) -> None:
        """Return when nothing is due any more, also nothing that another thread is sending; at most `timeout` later."""
        ends_at = time.monotonic() + timeout
        self.send_due()
        while self.waiting.due(1) and time.monotonic() < ends_at:
            time.sleep(_SETTLE_SECONDS)
            self.send_due()

    def pending(self) -> list[Delivery]:
        """Return what has not been taken by its endpoint and not been given up, in the order it happened."""
        return self.waiting.all()

    def delivered(self) -> list[Delivery]:
        """Return what has been taken, in the order it happened; `deliver()` sends such a one again, as Stripe may."""
        return self.waiting.taken()

    def deliver(self, one: Delivery) -> int:
        """Send this delivery now, whatever its state; return the endpoint's status, 0 if none came."""
        with self._store.transaction(write=False):
            message = self._message(one)
        if message is None:
            self.waiting.give_up(one)
            return 0
        status = self._attempt(*message)
        self.waiting.note(one, status=status)
        return status

    def drop(self, one: Delivery) -> None:
        """Lose this delivery on its way: it counts as a failed attempt and is tried again later."""
        self.waiting.note(one, status=0)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(_POLL_SECONDS)
            self._wake.clear()
            try:
                self.before_each_round()
                self._send_until_stopped()
            except Exception:
                log.exception("the sandbox could not deliver webhooks; it goes on")

    def _send_until_stopped(self) -> None:
        while not self._stopping.is_set() and not self._held.is_set() and self._send_some():
            pass

    def _send_some(self) -> bool:
        """Send the first of what is due; False if nothing is, or others are at it."""
        free = [one for one in self.waiting.due(_MOST_AT_ONCE) if self.waiting.claim(one)]
        fates = {one: self.fated(one) for one in free}
        places = {one: place + fates[one].behind for place, one in enumerate(free)}
        for one in sorted(free, key=lambda one: places[one]):
            self._send_as(one, fates[one])
        return bool(free)

    def _send_as(self, one: Delivery, fate: Fate) -> None:
        if fate.is_lost:
            self.drop(one)
        elif fate.delay:
            self.waiting.put_off(one, fate.delay)
        else:
            for _ in range(fate.copies):
                self.deliver(one)

    def _message(self, one: Delivery) -> tuple[str, Json, Sequence[str]] | None:
        """Return address, event and secrets; None for an endpoint that is gone or disabled."""
        endpoint = self._store.get("webhook_endpoint", one.endpoint_id)
        event = self._store.get("event", one.event_id)
        if endpoint is None or event is None or endpoint["status"] == "disabled":
            return None
        secrets = keeping.secrets_of(self._store, one.endpoint_id, int(self._wall().timestamp()))
        return endpoint["url"], with_pending(self._store, event), secrets

    def _attempt(self, url: str, event: Json, secrets: Sequence[str]) -> int:
        body = wire(event)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": sign(secrets[0], body, int(self._wall().timestamp()), *secrets[1:]),
        }
        try:
            return self._send(url, body, headers)
        except Exception as problem:  # noqa: BLE001 - whatever the endpoint does, the sandbox tries again
            log.warning("webhook %s to %s failed: %s", event["type"], url, problem)
            return 0
