"""The life of one subscription, as values: when it began, what was charged, how it stands."""

from dataclasses import dataclass, field
from datetime import datetime

from paywall.billing.catalogue.plans import Interval
from paywall.billing.subscriptions.status import LOST, Bill, Status, Terms


@dataclass(frozen=True, slots=True)
class Offer:
    """What was bought."""

    lookup_key: str
    interval: Interval
    currency: str
    amount_minor: int
    tax_basis_points: int


@dataclass(slots=True)
class Charge:
    """One invoice: of which period, and what became of its money."""

    starts_at: datetime
    ends_at: datetime
    amount_minor: int
    is_paid: bool = True
    was_given_up: bool = False
    """It will not be paid any more."""
    refunded_minor: int = 0
    dispute: str | None = None

    @property
    def status(self) -> str:
        """Stripe's word for the invoice."""
        if self.is_paid:
            return "paid"
        return "uncollectible" if self.was_given_up else "open"

    @property
    def paid_minor(self) -> int:
        """What came in."""
        return self.amount_minor if self.is_paid else 0

    @property
    def bill(self) -> Bill:
        """What it proves."""
        return Bill(
            is_paid=self.is_paid,
            paid_minor=self.paid_minor,
            refunded_minor=self.refunded_minor,
            period_end_at=self.ends_at,
            period_start_at=self.starts_at,
            dispute=self.dispute,
        )


@dataclass(slots=True)
class Life:
    """One subscription of the reader with that index."""

    index: int
    offer: Offer
    status: Status
    begins_at: datetime
    is_current: bool = True
    trial_end_at: datetime | None = None
    cancels_at: datetime | None = None
    canceled_at: datetime | None = None
    ended_at: datetime | None = None
    ended_because: str | None = None
    is_paused: bool = False
    is_paused_for_dispute: bool = False
    charges: list[Charge] = field(default_factory=list)

    @property
    def terms(self) -> Terms:
        """What access depends on."""
        return Terms(
            status=self.status.value,
            created_at=self.begins_at,
            trial_end_at=self.trial_end_at,
            cancels_at=self.cancels_at,
            ended_at=self.ended_at,
            is_paused=self.is_paused,
        )

    @property
    def bills(self) -> list[Bill]:
        """What its invoices prove."""
        return [charge.bill for charge in self.charges]

    @property
    def paid(self) -> list[Charge]:
        """The charges that brought money in, oldest first."""
        return [charge for charge in self.charges if charge.paid_minor]

    def end(self, at: datetime, because: str) -> None:
        """Let it be over."""
        self.status, self.ended_at, self.ended_because, self.canceled_at = Status.CANCELED, at, because, at
        self.cancels_at = None

    def lose(self, charge: Charge) -> None:
        """Let the bank have taken the money back."""
        charge.dispute = LOST
        self.end(charge.ends_at, "payment_disputed")
