"""What is compared: each kind of object at Stripe, and where ours of that kind are kept."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from paywall.billing.checkout.tables import Customer
from paywall.billing.ledger.reading import subscription_paid_by
from paywall.billing.ledger.tables import Dispute, Payment, Refund
from paywall.billing.snapshots.fields import Json
from paywall.billing.snapshots.invoice import read_invoice, subscription_of_invoice
from paywall.billing.snapshots.money_back import read_dispute, read_refund
from paywall.billing.snapshots.subscription import read_subscription
from paywall.billing.subscriptions.tables import Invoice, Subscription, subscription_billed
from paywall.billing.syncing.copying import copy_invoice, copy_subscription
from paywall.billing.syncing.fetching import WHOLE

Table = type[Subscription] | type[Invoice] | type[Payment] | type[Refund] | type[Dispute] | type[Customer]
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A collection at Stripe, our table of the same, and which columns must be equal.

    `facts` reads an object into those columns; None for one that need not be kept here. `subscription` finds the
    subscription behind an object, where there is one.
    """

    collection: str
    table: Table
    facts: Callable[[Json], Facts | None]
    subscription: Callable[[Session, Json], str | None]
    expand: tuple[str, ...] = ()


def _subscription(found: Json) -> Facts:
    row = Subscription()
    copy_subscription(read_subscription(found), row)
    if row.lookup_key is None:  # then ours may remember it from before
        del row.lookup_key
    return _columns(row, found, besides={"synced_at"})


def _invoice(found: Json) -> Facts | None:
    if found.get("status") == "draft":  # it may change or vanish without an event that we ask for
        return None
    row = Invoice()
    copy_invoice(read_invoice(found), row)
    # What an open invoice waits for is asked of its payment; addresses of pages may be made anew each time.
    return _columns(row, found, besides={"needs_action", "is_processing", "payment_id", "hosted_url", "pdf_url"})


def _payment(found: Json) -> Facts | None:
    if found.get("status") != "paid":
        return None
    return {"stripe_id": found["id"], "amount_minor": found.get("amount_paid") or 0}


def _refund(found: Json) -> Facts:
    read = read_refund(found)
    return {"stripe_id": read.stripe_id, "status": read.status, "amount_minor": read.amount_minor}


def _dispute(found: Json) -> Facts:
    read = read_dispute(found)
    return {"stripe_id": read.stripe_id, "status": read.status, "amount_minor": read.amount_minor}


def _customer(found: Json) -> Facts:
    return {"stripe_id": found["id"]}


def _columns(row: Subscription | Invoice, found: Json, besides: set[str]) -> Facts:
    """Return the columns that copying has set."""
    names = {column.key for column in row.__table__.columns} - besides
    return {"stripe_id": found["id"], **{name: value for name, value in vars(row).items() if name in names}}


def _of_payments(session: Session, payment_ids: Iterable[str]) -> str | None:
    return next((one for payment in sorted(payment_ids) if (one := subscription_paid_by(session, payment))), None)


SUBSCRIPTIONS = Kind("subscriptions", Subscription, _subscription, lambda _, found: found["id"], WHOLE)
CUSTOMERS = Kind("customers", Customer, _customer, lambda _session, _found: None)
KINDS = (
    SUBSCRIPTIONS,
    Kind("invoices", Invoice, _invoice, lambda _, found: subscription_of_invoice(found), ("payments",)),
    Kind("invoice_payments", Payment, _payment, lambda session, found: subscription_billed(session, found["invoice"])),
    Kind("refunds", Refund, _refund, lambda session, found: _of_payments(session, read_refund(found).payment_ids)),
    Kind("disputes", Dispute, _dispute, lambda session, found: _of_payments(session, read_dispute(found).payment_ids)),
    CUSTOMERS,
)
"""In the order of the stages of a comparison."""
