"""What is compared: each kind of object at Stripe, and where ours of that kind are kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from paywall.billing.checkout.tables import Customer
from paywall.billing.ledger.tables import Dispute, Refund
from paywall.billing.snapshots.fields import Json
from paywall.billing.snapshots.invoice import read_invoice
from paywall.billing.snapshots.money_back import read_dispute, read_refund
from paywall.billing.snapshots.subscription import read_subscription
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.billing.syncing.copying import copy_invoice, copy_subscription
from paywall.billing.syncing.fetching import WHOLE

Table = type[Subscription] | type[Invoice] | type[Refund] | type[Dispute] | type[Customer]
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A collection at Stripe, our table of the same, and which columns must be equal.

    `facts` reads an object into those columns; `stripe_id` is always among them.
    """

    collection: str
    table: Table
    facts: Callable[[Json], Facts]
    expand: tuple[str, ...] = ()


def _subscription(found: Json) -> Facts:
    row = Subscription()
    copy_subscription(read_subscription(found), row)
    if row.lookup_key is None:  # then ours may remember it from before
        del row.lookup_key
    return _columns(row, found, besides={"synced_at"})


def _invoice(found: Json) -> Facts:
    row = Invoice()
    copy_invoice(read_invoice(found), row)
    # What an open invoice waits for is asked of its payment; addresses of pages may be made anew each time.
    return _columns(row, found, besides={"needs_action", "is_processing", "payment_id", "hosted_url", "pdf_url"})


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


SUBSCRIPTIONS = Kind("subscriptions", Subscription, _subscription, WHOLE)
INVOICES = Kind("invoices", Invoice, _invoice, ("payments",))
CUSTOMERS = Kind("customers", Customer, _customer)
KINDS = (
    SUBSCRIPTIONS,
    INVOICES,
    Kind("refunds", Refund, _refund),
    Kind("disputes", Dispute, _dispute),
    CUSTOMERS,
)
"""In the order of the stages of a comparison."""
