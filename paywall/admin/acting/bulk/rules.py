"""What may be done to many, and to whom of them it will not be done: pure, `now` an argument."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What is done to each."""

    COMP = "comp"
    EXTEND = "extend"
    SIGN_OUT = "sign-out"

    @property
    def has_days(self) -> bool:
        """Tell whether it needs a number of days and a reason."""
        return self is not Kind.SIGN_OUT


DONE = "done"
STAFF = "is a member of staff"
ERASED = "was erased"
HAS_MORE = "reads longer already"
HAS_NOTHING = "nothing to extend: nothing lets them in"
ALREADY_OUT = "is signed in nowhere"


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for."""

    kind: Kind
    days: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """One reader, as far as the rules look at somebody."""

    is_active: bool
    is_staff: bool
    is_signed_in: bool
    open_until: datetime | None
    """When the last of what lets the reader in now ends; None where nothing does."""


def left_out(order: Order, one: Standing, now: datetime) -> str:
    """Return why it is not done to a reader; empty where it is."""
    if not one.is_active:
        return ERASED
    if one.is_staff:
        return STAFF
    match order.kind:
        case Kind.SIGN_OUT:
            return "" if one.is_signed_in else ALREADY_OUT
        case Kind.EXTEND:
            return "" if one.open_until else HAS_NOTHING
        case Kind.COMP:
            has_more = one.open_until is not None and one.open_until >= now + timedelta(days=order.days)
            return HAS_MORE if has_more else ""


def counted(words: Iterable[str]) -> dict[str, int]:
    """Return how often each word came, the most frequent first."""
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
