"""Previews of invoices: what is asked about is truly done, looked at, and undone; so it cannot differ from the deed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from paywall.sandbox.billing.changes import changing, prorating
from paywall.sandbox.billing.cycle import timers, turning
from paywall.sandbox.billing.subscriptions import beginning, creating
from paywall.sandbox.state.errors import missing, refused
from paywall.sandbox.state.shapes import Json, shape
from paywall.sandbox.state.work import Work

_MOST_TURNS = 20
_OF_OPEN_INVOICES = ("effective_at", "ending_balance", "hosted_invoice_url", "invoice_pdf")


def create(work: Work, params: Json) -> Json:
    """Return the invoice that a change would make at once, or the next one that comes by itself."""
    details = params.get("subscription_details", {})
    if "subscription" in params:
        subscription = work.get("subscription", params["subscription"], "subscription")
        _check_owner(subscription, params)
        with undone(work):
            return _shown(_of_change(work, subscription, {**details, **_discounts(params)}))
    if "customer" not in params:
        raise missing("customer")
    customer = work.get("customer", params["customer"], "customer")
    with undone(work):
        wanted = creating.wanted_by(work, customer, {"items": [], **details, **_discounts(params)})
        return _shown(beginning.begin_draft(work, wanted)[1])


def _discounts(params: Json) -> Json:
    return {"discounts": params["discounts"]} if "discounts" in params else {}


def _check_owner(subscription: Json, params: Json) -> None:
    if params.get("customer", subscription["customer"]) != subscription["customer"]:
        raise refused("The subscription does not belong to the customer.", "subscription")


@contextmanager
def undone(work: Work) -> Iterator[None]:
    """Run a block and undo everything it stored, events included."""
    work.store.execute("SAVEPOINT preview")
    try:
        yield
    finally:
        work.store.execute("ROLLBACK TO preview")
        work.store.execute("RELEASE preview")


def _of_change(work: Work, subscription: Json, params: Json) -> Json:
    change = changing.plan(work, subscription, params)
    if change.invoiced:
        prorating.make_items(work, subscription, change.prorations)
        return changing.bill(work, subscription, change)
    changing.carry_out(work, subscription, change, "allow_incomplete")
    invoice = next_invoice(work, subscription)
    if invoice is None:
        raise refused("No upcoming invoices for customer", code="invoice_upcoming_none")
    return invoice


def next_invoice(work: Work, subscription: Json) -> Json | None:
    """Let time pass until the subscription makes its next invoice, and return it, if any comes; only in `undone`."""
    identifier, latest = subscription["id"], subscription["latest_invoice"]
    for _ in range(_MOST_TURNS):
        subscription = work.get("subscription", identifier)
        if subscription["latest_invoice"] != latest:
            return work.get("invoice", subscription["latest_invoice"])
        turn = timers.next_turn(subscription, work.store.private(identifier))
        if turn is None:
            break
        if turn[1] == "upcoming":
            timers.remember(work, subscription, told_upcoming=timers.period_of(subscription)[1])
            continue
        turning.turn(replace(work, now=max(work.now, turn[0])), subscription)
    return None


def _shown(invoice: Json) -> Json:
    """Return the invoice as a preview shows it: a draft, under an id that nothing can be asked by."""
    identifier = f"upcoming_{invoice['id']}"
    lines = [{**line, "invoice": identifier} for line in invoice["lines"]["data"]]
    listed = {**invoice["lines"], "data": lines, "url": f"/v1/invoices/{identifier}/lines"}
    blank = shape("invoice")
    unopened = {name: blank[name] for name in ("status", "status_transitions", "number", *_OF_OPEN_INVOICES)}
    return {**invoice, **unopened, "id": identifier, "lines": listed}


def announce_upcoming(work: Work, subscription: Json) -> None:
    """Tell of the invoice that comes some days from now; it has no id, for it does not exist yet."""
    timers.remember(work, subscription, told_upcoming=timers.period_of(subscription)[1])
    with undone(work):
        invoice = next_invoice(work, dict(subscription))
    if invoice is not None:
        work.emit("invoice.upcoming", {name: value for name, value in _shown(invoice).items() if name != "id"})
    timers.wind(work, subscription)
