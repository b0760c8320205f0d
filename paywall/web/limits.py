"""How often something may be tried: per account, per network, and by everybody together.

Counted in Redis where there is one, so that all processes share the count, else in the memory of each process (with
several processes and no Redis a ceiling is as many times as high). While Redis can't be reached each process counts
for itself: never is a door left open because nobody counts. A window begins with the first try.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar, cast

from flask import Flask, current_app, request
from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from structlog import get_logger

from paywall import clock
from paywall.errors import PaywallError
from paywall.web import current
from paywall.web.addresses import client_address, network_of

log = get_logger()
T = TypeVar("T")
_KEY = "paywall.limits"
_REST = timedelta(seconds=5)  # how long an unreachable Redis is left alone
_TIMEOUTS = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}


class TooManyTries(PaywallError):
    """Too many tries in too short a time."""

    status = 429
    code = "too_many_tries"

    def __init__(self, seconds: int) -> None:
        minutes = -(-seconds // 60)
        wait = "a minute" if minutes <= 1 else f"{minutes} minutes"
        super().__init__(f"That was tried too often. Wait {wait}, then try again.")
        self.retry_after = seconds


@dataclass(frozen=True, slots=True)
class Pace:
    """So many times in so many minutes."""

    times: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Ceilings:
    """How often one thing may be done; None sets no ceiling."""

    name: str
    account: Pace | None = None
    network: Pace | None = None
    everybody: Pace | None = None


class Counters:
    """Counts tries, in Redis or in memory. Safe to share between threads."""

    def __init__(self, redis_url: str | None) -> None:
        self.enabled = True
        """False lets everything through: for tests and measurements that are about something else."""
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._shared = _shared(redis_url) if redis_url else None
        self._left_alone_until = datetime.min.replace(tzinfo=UTC)

    def has_room(self, pace: Pace, *key: str) -> bool:
        """Tell whether one more try is within the ceiling, without counting it."""
        return not self.enabled or self._ask(lambda counter: counter.test(_item(pace), *key))

    def count(self, pace: Pace, *key: str) -> bool:
        """Count a try; returns whether it was within the ceiling."""
        return not self.enabled or self._ask(lambda counter: counter.hit(_item(pace), *key))

    def seconds_left(self, pace: Pace, *key: str) -> int:
        """Return in how many seconds the window ends, at least 1."""
        ends = self._ask(lambda counter: counter.get_window_stats(_item(pace), *key).reset_time)
        return max(1, round(ends - clock.wall().timestamp()))

    def _ask(self, question: Callable[[FixedWindowRateLimiter], T]) -> T:
        if self._shared is not None and clock.wall() >= self._left_alone_until:
            try:
                return question(self._shared)
            except StorageError as error:
                log.warning("limits are counted in memory", cause=type(error.storage_error).__name__)
                self._left_alone_until = clock.wall() + _REST
        return question(self._own)


def install(app: Flask, redis_url: str | None) -> Counters:
    """Give `app` its counters and return them."""
    counters = Counters(redis_url)
    app.extensions[_KEY] = counters
    return counters


def check(ceilings: Ceilings, account: str = "") -> None:
    """Raise TooManyTries where one more try would be one too many; counts nothing."""
    for pace, *key in _paces(ceilings, account):
        if not _counters().has_room(pace, *key):
            raise TooManyTries(_counters().seconds_left(pace, *key))


def note(ceilings: Ceilings, account: str = "") -> bool:
    """Count a try that has happened already; returns whether it was within the ceilings."""
    within = [_counters().count(pace, *key) for pace, *key in _paces(ceilings, account)]
    return all(within)


def spend(ceilings: Ceilings, account: str = "") -> None:
    """Count a try, or raise TooManyTries. What is refused by one ceiling is not counted by another."""
    check(ceilings, account)
    if not note(ceilings, account):
        raise TooManyTries(60)


def caller() -> str:
    """Return the address that this request comes from, seen past the trusted proxies."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    return client_address(request.remote_addr or "", forwarded, current.settings().trusted_proxies)


def _paces(ceilings: Ceilings, account: str) -> Iterator[tuple[Pace, str, str]]:
    if ceilings.network:
        yield ceilings.network, f"{ceilings.name}/network", network_of(caller())
    if ceilings.everybody:
        yield ceilings.everybody, f"{ceilings.name}/everybody", ""
    if ceilings.account and account:
        # hashed: the store of counters is no place for addresses
        digest = hashlib.sha256(f"{current.publisher().id}:{account}".encode()).hexdigest()
        yield ceilings.account, f"{ceilings.name}/account", digest


def _counters() -> Counters:
    return cast(Counters, current_app.extensions[_KEY])


def _item(pace: Pace) -> RateLimitItemPerMinute:
    return RateLimitItemPerMinute(pace.times, pace.minutes, namespace="paywall")


def _shared(redis_url: str) -> FixedWindowRateLimiter:
    storage = storage_from_string(redis_url, wrap_exceptions=True, **_TIMEOUTS)
    return FixedWindowRateLimiter(storage)
