"""What letters are written about: one subscription with all that is stored of it, at one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall import clock
from paywall.billing.ledger.tables import Refund
from paywall.billing.subscriptions.reading import is_paused_by_choice
from paywall.billing.subscriptions.status import RUNNING, Status
from paywall.billing.subscriptions.tables import Invoice, Subscription, invoices_of
from paywall.billing.syncing.ownership import grace_days
from paywall.billing.trials.taking import was_refused


@dataclass(frozen=True, slots=True)
class Past:
    """How a subscription was stored before the change that letters may tell of."""

    price_id: str
    lookup_key: str | None
    is_paused: bool
    resumes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Case:
    """A subscription, how it was before (None if nothing was stored), and its money."""

    row: Subscription
    past: Past | None
    invoices: Sequence[Invoice]
    """Oldest first."""
    refunds: Sequence[Refund]
    trial_was_refused: bool
    grace_days: int
    now: datetime
    reads_until: datetime | None = None
    """Of a made-up case, which has no right to read: until when it would reach."""

    @property
    def renews(self) -> bool:
        """True while another payment is to come by itself."""
        row = self.row
        return row.status in RUNNING and not row.cancels_at and not row.collection_is_paused

    @property
    def owed(self) -> Invoice | None:
        """The renewal whose payment has failed and is still wanted, the latest one."""
        if self.row.status != Status.PAST_DUE:
            return None
        failed = [one for one in self.invoices if one.status == "open" and one.was_attempted and not one.is_processing]
        return failed[-1] if failed else None


def past_of(row: Subscription) -> Past:
    """Return how a subscription is stored, to be called before it is changed."""
    return Past(row.price_id, row.lookup_key, is_paused_by_choice(row), row.resumes_at)


def read_case(session: Session, row: Subscription, past: Past | None) -> Case:
    """Return the case of a subscription as it is stored now."""
    invoices = invoices_of(session, row.stripe_id)
    return Case(
        row=row,
        past=past,
        invoices=invoices,
        refunds=_refunds(session, invoices),
        trial_was_refused=row.status == Status.CANCELED and was_refused(session, row.stripe_id),
        grace_days=grace_days(session, row.lookup_key) if row.status == Status.PAST_DUE else 0,
        now=clock.now(),
    )


def _refunds(session: Session, invoices: Sequence[Invoice]) -> list[Refund]:
    ids = [one.stripe_id for one in invoices if one.refunded_minor]
    if not ids:
        return []
    return list(session.scalars(select(Refund).where(Refund.invoice_id.in_(ids)).order_by(Refund.id)))
