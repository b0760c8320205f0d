"""What the figures are reckoned from, and what comes out; amounts in minor units, times aware UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What an entry says. The first six move monthly recurring revenue, and nothing else does."""

    NEW = "new"
    REACTIVATED = "reactivated"
    EXPANSION = "expansion"
    CONTRACTION = "contraction"
    LEFT = "churned_voluntary"
    LOST = "churned_involuntary"
    TRIAL_BEGUN = "trial_begun"
    TRIAL_WON = "trial_won"
    TRIAL_OVER = "trial_over"
    """It ended without a payment."""
    LATE = "late"
    LATE_OVER = "late_over"
    FAILED = "failed"
    RECOVERED = "recovered"
    """Dated as the failure that it mends."""
    DUE = "due"
    """A renewal that is to come."""


MOVEMENTS = (Kind.NEW, Kind.REACTIVATED, Kind.EXPANSION, Kind.CONTRACTION, Kind.LEFT, Kind.LOST)
ARRIVALS = frozenset({Kind.NEW, Kind.REACTIVATED})
DEPARTURES = frozenset({Kind.LEFT, Kind.LOST})


@dataclass(frozen=True, slots=True)
class Bill:
    """One invoice, as far as the figures ask."""

    status: str
    reason: str
    net_minor: int
    """What it is over without the tax, discounts taken off."""
    total_minor: int
    starts_at: datetime | None
    ends_at: datetime | None
    asked_at: datetime
    paid_at: datetime | None
    was_attempted: bool = False
    void_from: datetime | None = None
    """From when it pays for nothing any more, all its money having gone back."""
    was_taken_back: bool = False
    """It was the bank that took the money back, after a dispute."""

    @property
    def was_asked_for(self) -> bool:
        """True where somebody was to pay it: not a draft, not called off."""
        return self.status not in ("draft", "void")


@dataclass(frozen=True, slots=True)
class Book:
    """One subscription with its bills. Of one whose reader was erased only the bills are left."""

    currency: str
    bills: tuple[Bill, ...]
    created_at: datetime | None = None
    trial_ends_at: datetime | None = None
    ended_at: datetime | None = None
    ended_because: str | None = None
    renews: bool = False
    """It goes on by itself as things stand."""
    due_at: datetime | None = None
    """When the next payment is to be made, where nothing is owed and one is to come."""
    due_minor: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that counts, at a moment; `amount_minor` is signed where it moves a sum."""

    kind: Kind
    currency: str
    at: datetime
    amount_minor: int = 0
