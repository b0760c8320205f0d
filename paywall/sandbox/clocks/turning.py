"""Turning business time forward, so that a year of subscriptions passes in a minute.

A turn stops at each second at which something falls due (and at least once a day), does it, and lets its webhooks
arrive before it goes on: whoever follows the clock sees the days in their order.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from paywall.sandbox.clocks.ticking import Ticker
from paywall.sandbox.webhooks.delivery import Deliverer

log = logging.getLogger(__name__)

LONGEST_STEP_SECONDS = 86_400
LONGEST_TURN = timedelta(days=2 * 366)


@dataclass(frozen=True)
class Turn:
    """A turn that is under way, or ended with a failure; times are aware, in UTC."""

    began: datetime
    until: datetime
    failed: bool = False

    def share(self, now: datetime) -> int:
        """Return how much of it is done, in per cent."""
        whole = max(1.0, (self.until - self.began).total_seconds())
        return min(100, max(0, round(100 * (now - self.began).total_seconds() / whole)))


class Turner:
    """Turns one clock. `advance` moves it; `after_each` is done after every step, to let others follow."""

    def __init__(
        self,
        ticker: Ticker,
        deliverer: Deliverer,
        now: Callable[[], datetime],
        advance: Callable[[timedelta], None],
        after_each: Callable[[], object] = lambda: None,
    ) -> None:
        """Take what falls due, what sends webhooks, and the clock."""
        self._ticker, self._deliverer = ticker, deliverer
        self._now, self._advance, self._after_each = now, advance, after_each
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.turn: Turn | None = None

    def begin(self, until: datetime) -> bool:
        """Turn the clock in a thread of its own; False if it is being turned already.

        Raises ValueError for a time that lies behind, or farther ahead than `LONGEST_TURN`.
        """
        began = self._now()
        if not timedelta() < until - began <= LONGEST_TURN:
            msg = "The clock goes forward only, by two years at most."
            raise ValueError(msg)
        with self._lock:
            if self.turn is not None and not self.turn.failed:
                return False
            self.turn = Turn(began, until)
            self._thread = threading.Thread(target=self._run, args=(self.turn,), name="turn", daemon=True)
            self._thread.start()
        return True

    def wait(self, seconds: float) -> bool:
        """Wait for the turn's end, at most so long; tell whether it has come."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self.turn is None

    def _run(self, turn: Turn) -> None:
        try:
            self._go(int(turn.until.timestamp()))
            self.turn = None
        except Exception:
            log.exception("the clock could not be turned to its end")
            self.turn = Turn(turn.began, turn.until, failed=True)

    def _go(self, until: int) -> None:
        self._settle()
        while (here := int(self._now().timestamp())) < until:
            self._move_to(self._next_stop(here, until))
            self._settle()

    def _settle(self) -> None:
        self._ticker.tick()
        self._deliverer.settle()
        self._after_each()

    def _next_stop(self, here: int, until: int) -> int:
        most = min(until, here + LONGEST_STEP_SECONDS)
        dues = (self._ticker.next_due(most), self._deliverer.waiting.next_due(most))
        return max(here + 1, min((due for due in dues if due is not None), default=most))

    def _move_to(self, second: int) -> None:
        way = datetime.fromtimestamp(second, UTC) - self._now()
        if way > timedelta():
            self._advance(way)
