"""A ceiling on how much reconciliation asks of Stripe, so that readers who pay meanwhile are never kept waiting."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from paywall.billing.parts import Billing
from paywall.billing.stripe_calls.asking import PAGE, Json
from paywall.billing.stripe_gateway import StripeGateway

READS_PER_SECOND = 20.0
"""Of the hundred a second that Stripe allows an account in live mode."""


class TokenBucket:
    """So many a second in the long run, and a second's worth at once; times are seconds of any steady clock."""

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._left = per_second
        self._at: float | None = None

    def take(self, now: float) -> float:
        """Take one, and return how many seconds to wait before using it."""
        gained = 0.0 if self._at is None else (now - self._at) * self._per_second
        self._left, self._at = min(self._left + gained, self._per_second) - 1, now
        return max(-self._left / self._per_second, 0.0)


class PacedGateway(StripeGateway):
    """The same gateway, each of whose requests waits for its turn."""

    def __init__(
        self, gateway: StripeGateway, per_second: float, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self.is_live = gateway.is_live
        self._gateway, self._bucket, self._sleep = gateway, TokenBucket(per_second), sleep

    def ask(self, call: Callable[[Any], Any]) -> Json:
        """Ask as the gateway does, in turn."""
        self._wait()
        return self._gateway.ask(call)

    def ask_all(self, call: Callable[[Any], Any]) -> Iterator[Json]:
        """Ask as the gateway does, each page in turn."""
        self._wait()
        for number, found in enumerate(self._gateway.ask_all(call), 1):
            if number % PAGE == 0:  # the next one comes with another page
                self._wait()
            yield found

    def _wait(self) -> None:
        seconds = self._bucket.take(time.monotonic())
        if seconds:
            self._sleep(seconds)


def paced(billing: Billing, per_second: float = READS_PER_SECOND) -> Billing:
    """Return the same billing with a gateway that keeps to a budget."""
    return replace(billing, gateway=PacedGateway(billing.gateway, per_second))
