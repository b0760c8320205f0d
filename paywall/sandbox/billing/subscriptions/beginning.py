"""How a subscription begins: with an invoice over its first period, or with a trial that costs nothing."""

from dataclasses import dataclass, field

from paywall.sandbox.billing.cycle import timers
from paywall.sandbox.billing.discounts import applying
from paywall.sandbox.billing.discounts.applying import Offered
from paywall.sandbox.billing.invoices import drafting, finalizing
from paywall.sandbox.billing.invoices.drafting import Cause
from paywall.sandbox.billing.periods import period_at
from paywall.sandbox.state.ids import new_id
from paywall.sandbox.state.shapes import Json, list_of, shape
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.params import merged


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to subscribe to; `fields` are those a subscription takes as they are.

    `trial_end` is a second in the future, None for no trial.
    """

    customer: str
    items: list[Json]
    method: Json | None = None
    fields: Json = field(default_factory=dict)
    trial_end: int | None = None
    offers: list[Offered] = field(default_factory=list)
    session: str | None = None


def begin(work: Work, wanted: Wanted, intent: Json | None = None) -> tuple[Json, Json]:
    """Make a subscription and its first invoice, open but for one that is sent; an intent given is what pays it."""
    subscription, invoice = begin_draft(work, wanted)
    if subscription["collection_method"] == "send_invoice" and invoice["total"]:
        drafting.wait_an_hour(work, invoice)
        return subscription, invoice
    return subscription, finalizing.finalize(work, invoice, intent)


def begin_draft(work: Work, wanted: Wanted) -> tuple[Json, Json]:
    """Make a subscription and the draft of its first invoice."""
    subscription = _add(work, wanted)
    discounts = applying.give(work, wanted.offers, wanted.customer, subscription["id"], wanted.session)
    work.change(subscription, discounts=discounts)
    cause = Cause("subscription_create", subscription["items"]["data"], (work.now, work.now))
    invoice = drafting.draft(work, subscription, cause)
    left = applying.left_after(work, subscription, invoice)
    work.change(subscription, latest_invoice=invoice["id"], discounts=left)
    timers.wind(work, subscription)
    work.emit("customer.subscription.created", subscription)
    customer = work.get("customer", wanted.customer)
    if customer["currency"] is None:
        work.change(customer, event="customer.updated", currency=subscription["currency"])
    return subscription, invoice


def _add(work: Work, wanted: Wanted) -> Json:
    identifier = new_id("subscription")
    items = [new_item(work, identifier, row, work.now, wanted.trial_end) for row in wanted.items]
    return work.add(
        "subscription",
        identifier=identifier,
        billing_cycle_anchor=wanted.trial_end or work.now,
        billing_mode={**shape("subscription")["billing_mode"], "updated_at": work.now},
        currency=items[0]["price"]["currency"],
        customer=wanted.customer,
        default_payment_method=wanted.method and wanted.method["id"],
        items=list_of(items, f"/v1/subscription_items?subscription={identifier}"),
        start_date=work.now,
        status=_first_status(wanted),
        trial_end=wanted.trial_end,
        trial_start=work.now if wanted.trial_end else None,
        **wanted.fields,
    )


def _first_status(wanted: Wanted) -> str:
    if wanted.trial_end:
        return "trialing"
    return "active" if wanted.fields.get("collection_method") == "send_invoice" else "incomplete"


def new_item(work: Work, subscription: str, row: Json, anchor: int, ends_at: int | None = None) -> Json:
    """Return a subscription item for a row of `items`, in the period of the anchor or one that ends at `ends_at`."""
    price = work.get("price", row["price"], "items[0][price]")
    start, end = (work.now, ends_at) if ends_at else period_at(anchor, price["recurring"], work.now)
    return shape(
        "subscription_item",
        id=new_id("subscription_item"),
        created=work.now,
        current_period_start=start,
        current_period_end=end,
        metadata=merged({}, row.get("metadata", {})),
        price=price,
        quantity=row.get("quantity", 1),
        subscription=subscription,
    )
