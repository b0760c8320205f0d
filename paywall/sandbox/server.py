"""The sandbox put together: one object that holds the state, answers as a WSGI application and sends webhooks."""

from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request

from paywall import clock
from paywall.sandbox.api import Api
from paywall.sandbox.billing.debts import dunning
from paywall.sandbox.billing.debts.dunning import AfterRetries
from paywall.sandbox.clocks.ticking import Ticker
from paywall.sandbox.clocks.turning import Turner
from paywall.sandbox.control.pages import Control, is_below
from paywall.sandbox.faults import Faults
from paywall.sandbox.hosted.pages import Pages
from paywall.sandbox.hosted.portal import habits
from paywall.sandbox.payments import payment_methods, refunds
from paywall.sandbox.payments.disputes import opening
from paywall.sandbox.state.events import Cause
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.store import Store
from paywall.sandbox.state.work import Work
from paywall.sandbox.webhooks import keeping
from paywall.sandbox.webhooks.delivery import Deliver, Deliverer
from paywall.sandbox.webhooks.fates import Chaos, Fate, fate_by
from paywall.sandbox.webhooks.waiting import Delivery

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

KEY_PREFIX = "sk_test_sandbox"
_REMEMBERED_CALLS = 10_000


class Sandbox:
    """One stand-in Stripe account.

    `path` is its SQLite file (or ":memory:"), `base_url` where browsers reach its pages. `now` is business time and may
    be turned forward; `wall` dates the signatures. `deliver` sends a webhook and returns the status; None sends real
    HTTP. Raises ValueError for a key that is not the sandbox's own.
    """

    def __init__(  # noqa: PLR0913 - everything a stand-in account can be given
        self,
        path: Path | str,
        base_url: str,
        *,
        now: Callable[[], datetime] = clock.now,
        wall: Callable[[], datetime] = clock.wall,
        secret_key: str = KEY_PREFIX,
        deliver: Deliver | None = None,
    ) -> None:
        """Open the account kept at `path`, or begin a new one there."""
        _refuse_real_key(secret_key)
        self.base_url = base_url.rstrip("/")
        self.secret_key = secret_key
        self.faults = Faults()
        self.calls: deque[tuple[str, str]] = deque(maxlen=_REMEMBERED_CALLS)
        self.store = Store(path)
        self.deliverer = Deliverer(self.store, now, wall, deliver)
        self.deliverer.before_each_round = self.tick
        self.deliverer.fated = self._fate
        self.chaos: Chaos | None = None
        self._control: Control | None = None
        self._now, self._wall = now, wall
        self.ticker = Ticker(self.store, self._seconds, self._begin_turn)
        self._api = Api(self.store, secret_key, self.faults, self.begin)
        self._pages = Pages(self.store, self.begin)

    def wsgi(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer as a WSGI application, also under a prefix: the API under `/v1/`, the hosted pages elsewhere."""
        request = Request(environ)
        if self._control is not None and is_below(request.path):
            return self._control.answer(request)(environ, start_response)
        self.tick()
        if request.path.startswith("/v1/"):
            self.calls.append((request.method, request.path))
            return self._api.answer(request)(environ, start_response)
        return self._pages.answer(request)(environ, start_response)

    def open_control(
        self, advance: Callable[[timedelta], None], after_each: Callable[[], object] = lambda: None
    ) -> Turner:
        """Answer `/control`, whose buttons turn the clock by `advance`, step by step; return what turns it."""
        turner = Turner(self.ticker, self.deliverer, self._now, advance, after_each)
        self._control = Control(self, turner, self._now)
        return turner

    def tick(self) -> int:
        """Do everything that has fallen due until now, each at its own second and in order; return how many steps."""
        return self.ticker.tick()

    def close(self) -> None:
        """Stop sending and close the file."""
        self.deliverer.stop()
        self.store.close()

    def begin(self, cause: Cause | None = None) -> Work:
        """Begin a piece of work at the present second."""
        return Work(self.store, self._seconds(), self.base_url, cause or Cause(), self.deliverer.notify)

    def _begin_turn(self, second: int, clock: str | None) -> Work:
        work = Work(self.store, second, self.base_url, Cause(), self.deliverer.notify, is_turn=True, test_clock=clock)
        if clock is not None:
            work.recorded_at = self._seconds()
        return work

    def _fate(self, one: Delivery) -> Fate:
        fault = self.faults.take(f"webhook {one.event_type}", "webhook *")
        if fault is not None:
            return fate_by(fault)
        return self.chaos(one) if self.chaos else Fate()

    def roll_secret(self, endpoint_id: str, overlap: int = keeping.OVERLAP_SECONDS) -> str:
        """Replace an endpoint's signing secret; for `overlap` seconds both sign, each webhook with two `v1`."""
        with self.store.transaction(write=True):
            return keeping.roll_secret(self.store, endpoint_id, int(self._wall().timestamp()), overlap)

    def decide_after_retries(self, what: AfterRetries) -> None:
        """Choose what becomes of a subscription after the last failed try; a new account cancels."""
        with self.store.transaction(write=True):
            dunning.set_after_retries(self.store, what)

    def open_dispute(
        self, charge_id: str, *, reason: str = "fraudulent", amount: int | None = None, inquiry: bool = False
    ) -> Json:
        """Let the payer's bank dispute a charge, in whole unless an amount in minor units is given."""
        with self.store.transaction(write=True):
            work = self.begin()
            charge = work.get("charge", charge_id)
            return opening.open_dispute(work, charge, reason=reason, amount=amount, inquiry=inquiry)

    def let_portal_cancel_by(self, how: habits.CancelsBy) -> None:
        """Choose whether the portal cancels by `date` (flexible billing, if unchosen) or by `flag`."""
        with self.store.transaction(write=True):
            habits.set_cancels_by(self.store, how)

    def call_refund_back(self, refund_id: str) -> Json:
        """Cancel a pending refund, as the dashboard's button does; the API cannot."""
        with self.store.transaction(write=True):
            work = self.begin()
            return refunds.call_back(work, work.get("refund", refund_id))

    def replace_card(self, method_id: str, exp_month: int, exp_year: int) -> Json:
        """Let the card's network tell of its replacement: `payment_method.automatically_updated`."""
        with self.store.transaction(write=True):
            work = self.begin()
            return payment_methods.replace_card(work, work.get("payment_method", method_id), exp_month, exp_year)

    def _seconds(self) -> int:
        return int(self._now().timestamp())

    def claims(self) -> int:
        """Return how many idempotency keys are being worked under, for tests that hold a request."""
        with self.store.transaction(write=False):
            rows = self.store.execute("SELECT count(*) AS n FROM idempotency WHERE status IS NULL")
        return int(rows[0]["n"])

    def get(self, kind: str, identifier: str) -> Json | None:
        """Return an object as it is stored, for tests that look past the API."""
        with self.store.transaction(write=False):
            return self.store.get(kind, identifier)


def _refuse_real_key(key: str) -> None:
    if key.startswith(("sk_live_", "rk_live_")):
        msg = "the sandbox was given a live Stripe key; it only takes a key that starts with sk_test_sandbox"
        raise ValueError(msg)
    if not key.startswith(KEY_PREFIX):
        known = "a real Stripe test key" if key.startswith(("sk_test_", "rk_test_")) else "something else than its key"
        msg = f"the sandbox was given {known}; it only takes a key that starts with sk_test_sandbox"
        raise ValueError(msg)
