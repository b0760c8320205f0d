"""When an endpoint is tried again, when it is left in peace, and when it is given up: pure functions.

`chance` is a number from 0 to 1 that the caller draws: retries of many deliveries are spread, so that an endpoint which
comes back is not knocked over at once.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Between one attempt and the next, as Standard Webhooks suggests: three days and three hours in all."""

JITTER = 0.2
"""Each wait is up to this share longer."""

KEPT_TRYING = timedelta(days=4)
"""A delivery that began longer ago is not tried again, whatever held it up."""

FAILING_FOR = timedelta(days=3)
"""An endpoint that has taken nothing for so long is disabled."""

LONGEST_WISH = timedelta(hours=24)
"""How far an endpoint may put us off at a time (`Retry-After`)."""

SLOW = timedelta(seconds=2)
AT_ONCE = 4
"""How many deliveries one process sends to one endpoint at the same time."""

_HELD_AFTER = 3
_SHORTEST_HOLD, _LONGEST_HOLD = timedelta(seconds=5), timedelta(minutes=5)


class State(StrEnum):
    """How a delivery stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given up"


class Why(StrEnum):
    """Why an endpoint is disabled."""

    GONE = "it answered 410 Gone"
    FAILING = "it took nothing for three days"
    BY_HAND = "by hand"


def wants(turns: Sequence[str], turn: str) -> bool:
    """Tell whether an endpoint that named `turns` wants to hear of `turn`; who names none wants everything."""
    return not turns or turn in turns


def is_taken(status: int | None) -> bool:
    """Tell whether an answer means that the event was taken; a redirect is not followed and means that it was not."""
    return status is not None and 200 <= status < 300


def next_try(
    attempts: int, began_at: datetime, now: datetime, chance: float, wish: timedelta | None
) -> datetime | None:
    """Return when a delivery is tried again after so many failed attempts; None if it is given up.

    `wish` is how long the endpoint asked to be left in peace.
    """
    if attempts > len(DELAYS) or now - began_at >= KEPT_TRYING:
        return None
    wait = DELAYS[max(0, attempts - 1)] * (1 + JITTER * chance)
    return now + max(wait, wish or timedelta())


def held_until(failures: int, now: datetime, chance: float, wish: timedelta | None) -> datetime | None:
    """Return until when nothing at all is sent to an endpoint that failed so often in a row; None: no need."""
    hold = wish or timedelta()
    if failures >= _HELD_AFTER:
        grown = _SHORTEST_HOLD * 2 ** min(10, failures - _HELD_AFTER)
        hold = max(hold, min(_LONGEST_HOLD, grown) * (1 + JITTER * chance))
    return now + hold if hold else None


def at_once(failures: int) -> int:
    """Return how many deliveries an endpoint may be sent at the same time: one, while it does not answer well."""
    return 1 if failures >= _HELD_AFTER else AT_ONCE


def is_failing_too_long(since: datetime | None, now: datetime) -> bool:
    """Tell whether an endpoint is to be disabled."""
    return since is not None and now - since >= FAILING_FOR


def wished(retry_after: str | None, now: datetime) -> timedelta | None:
    """Return how long a `Retry-After` header asks us to wait, at most a day; None if it asks for nothing sensible."""
    said = (retry_after or "").strip()
    if said.isascii() and said.isdigit():
        wish = timedelta(seconds=min(int(said[:9]), LONGEST_WISH.total_seconds()))
    else:
        wish = (_date(said) or now) - now
    return min(wish, LONGEST_WISH) if wish > timedelta() else None


def _date(said: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(said)
    except (ValueError, TypeError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
