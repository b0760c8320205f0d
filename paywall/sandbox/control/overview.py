"""What the control page shows: the clock, who pays for what, which webhooks were sent."""

from dataclasses import dataclass
from datetime import UTC, datetime

from paywall.sandbox.control.times import is_living, period_end
from paywall.sandbox.payments.disputes.opening import CLOSED
from paywall.sandbox.payments.money import money
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.store import Store
from paywall.sandbox.state.work import CLOCK

MOST_CUSTOMERS = 50


@dataclass(frozen=True)
class Line:
    """One subscription: its status, the end of its period by its customer's clock (UTC), its latest invoice."""

    id: str
    status: str
    note: str
    period_end: datetime | None
    invoice: str


@dataclass(frozen=True)
class Person:
    """One customer; `card` is the one the next payment is taken from."""

    id: str
    name: str
    card: str
    fails: bool
    clock: datetime | None
    """Where its own test clock stands."""
    lines: list[Line]
    charge: Json | None
    """The latest that was paid."""
    dispute: Json | None

    @property
    def dispute_is_closed(self) -> bool:
        """True once the bank has decided."""
        return self.dispute is not None and self.dispute["status"] in CLOSED


def people(store: Store) -> list[Person]:
    """Return the customers, the newest first. In a transaction."""
    return [_person(store, customer) for customer in store.select("customer", tail=f"LIMIT {MOST_CUSTOMERS}")]


def _person(store: Store, customer: Json) -> Person:
    subscriptions = store.select("subscription", "customer = ?", [customer["id"]])
    charges = store.select("charge", "customer = ?", [customer["id"]])
    paid = next((charge for charge in charges if charge["status"] == "succeeded"), None)
    method = _method(store, customer, subscriptions)
    return Person(
        id=customer["id"],
        name=customer["email"] or customer["name"] or customer["id"],
        card=_card_text(method),
        fails=method is not None and _declines(store, method),
        clock=_clock(store, customer),
        lines=[_line(store, subscription) for subscription in subscriptions],
        charge=paid,
        dispute=_dispute(store, paid),
    )


def _method(store: Store, customer: Json, subscriptions: list[Json]) -> Json | None:
    chosen = next((one["default_payment_method"] for one in subscriptions if is_living(one)), None)
    identifier = chosen or customer["invoice_settings"]["default_payment_method"]
    return store.get("payment_method", identifier) if identifier else None


def _declines(store: Store, method: Json) -> bool:
    card: Json = store.private(method["id"]).get("card") or {}
    return card.get("outcome") == "declines"


def _card_text(method: Json | None) -> str:
    if method is None:
        return "has no payment method"
    facts = method.get(method["type"]) or {}
    return f"pays with {facts.get('brand', method['type'])} … {facts.get('last4', '')}".strip(" …")


def _clock(store: Store, customer: Json) -> datetime | None:
    clock = store.get(CLOCK, customer["test_clock"]) if customer["test_clock"] else None
    return _moment(clock["frozen_time"]) if clock and "frozen_time" in clock else None


def _dispute(store: Store, charge: Json | None) -> Json | None:
    found = store.select("dispute", "json_extract(body, '$.charge') = ?", [charge["id"]]) if charge else []
    return next(iter(found), None)


def _line(store: Store, subscription: Json) -> Line:
    return Line(
        id=subscription["id"],
        status=subscription["status"],
        note=_note(subscription),
        period_end=_moment(period_end(subscription) if is_living(subscription) else None),
        invoice=_invoice_text(store, subscription["latest_invoice"]),
    )


def _note(subscription: Json) -> str:
    if not is_living(subscription):
        return ""
    if subscription["pause_collection"]:
        return "payment paused"
    return "ends then" if subscription["cancel_at"] or subscription["cancel_at_period_end"] else ""


def _invoice_text(store: Store, identifier: str | None) -> str:
    invoice = store.get("invoice", identifier) if identifier else None
    if invoice is None:
        return "none"
    attempts = f", tried {invoice['attempt_count']} times" if invoice["status"] == "open" else ""
    return f"{money(invoice['total'], invoice['currency'])} {invoice['status']}{attempts}"


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
