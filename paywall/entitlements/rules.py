"""When an entitlement lets somebody in: pure functions and plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Source(StrEnum):
    """Where a right to read comes from."""

    SUBSCRIPTION = "subscription"
    COMP = "comp"
    IMPORT = "import"


class Standing(StrEnum):
    """In what way a right to read holds; spelled as the gate's reasons are."""

    __hash__ = str.__hash__  # a tenth of what Enum's own takes, on every request

    SUBSCRIBED = "subscribed"
    TRIALING = "trialing"
    IN_GRACE = "in_grace"
    PAID_THROUGH = "paid_through"
    COMP = "comp"


class Turn(StrEnum):
    """What can happen to a right to read, in the words by which publishers are told."""

    GRANTED = "access.granted"
    CHANGED = "access.changed"
    SUSPENDED = "access.suspended"
    RESTORED = "access.restored"
    ENDED = "access.ended"


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A right to read, as a value. `valid_until` is exclusive, aware UTC."""

    reader_id: int
    source: Source
    source_id: str
    standing: Standing
    paid_through_at: datetime | None
    valid_until: datetime
    suspended: bool

    def grants_access(self, now: datetime) -> bool:
        """Tell whether this lets its reader in at `now`."""
        return not self.suspended and now < self.valid_until


_BEST_FIRST = tuple(Standing)


def best(entitlements: list[Entitlement], now: datetime) -> Entitlement | None:
    """Return the entitlement that lets a reader in, the most telling one first; None if none does."""
    open_ones = [one for one in entitlements if one.grants_access(now)]
    return min(open_ones, key=lambda one: (_BEST_FIRST.index(one.standing), -one.valid_until.timestamp()), default=None)


def last(entitlements: Iterable[Entitlement]) -> Entitlement | None:
    """Return the right that ends last, whether it is open or has ended; of equals any."""
    return max(entitlements, key=lambda one: one.valid_until, default=None)


def turn_between(before: Entitlement | None, after: Entitlement, now: datetime) -> Turn | None:
    """Return what has happened to a right that was `before` and is `after`; None if nothing that its reader notices."""
    was, is_ = _state(before, now), _state(after, now)
    if was is is_:
        return Turn.CHANGED if before is not None and is_ is not _State.CLOSED and _differ(before, after) else None
    if is_ is _State.CLOSED:
        return Turn.ENDED
    if is_ is _State.SUSPENDED:
        return Turn.SUSPENDED
    return Turn.GRANTED if was is _State.CLOSED else Turn.RESTORED


class _State(StrEnum):
    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"


def _state(one: Entitlement | None, now: datetime) -> _State:
    if one is None or now >= one.valid_until:
        return _State.CLOSED
    return _State.SUSPENDED if one.suspended else _State.OPEN


def _differ(before: Entitlement, after: Entitlement) -> bool:
    return (before.standing, before.valid_until) != (after.standing, after.valid_until)
