"""Proration: what is given back for the unused part of a period, and what the rest of it costs at another price.

Each second counts the same; amounts are rounded to the nearest minor unit. As in Stripe's flexible billing mode a
credit is measured by what was billed (net of discounts), never by what should have been.
"""

from datetime import UTC, datetime
from decimal import Decimal

from paywall.sandbox.billing.discounts import applying
from paywall.sandbox.billing.invoices import items
from paywall.sandbox.billing.invoices.amounts import Terms, net_of, reckon, rounded
from paywall.sandbox.billing.invoices.lines import name_of, period_line, pricing
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work

_NOT_BILLED = {"void", "uncollectible"}


def share(amount: int, period: Json, at: int) -> int:
    """Return the part of an amount that belongs to the time from `at` to the end of its period."""
    length = period["end"] - period["start"]
    return rounded(Decimal(amount) * max(0, period["end"] - max(at, period["start"])) / length)


def credits_for(work: Work, subscription: Json, gone: list[Json], at: int) -> list[Json]:
    """Return the invoice items that give back the unused time of subscription items, as far as it was billed."""
    found = []
    for item in gone:
        line = _billed(work, subscription, item)
        if line is not None and (amount := share(net_of(line), line["period"], at)):
            words = f"Unused time on {_named(work, item)} after {_day(at)}"
            found.append(_item(subscription, item, -amount, at, words=words, credited=line))
    return found


def charges_for(work: Work, subscription: Json, new: list[Json], at: int) -> list[Json]:
    """Return the invoice items that bill subscription items for the rest of their period, net of today's discounts."""
    found = []
    for item in new:
        line = period_line(work, "", subscription, item)
        reckon([line], Terms(applying.standing(work, subscription)))
        amount = share(net_of(line), line["period"], at)
        words = f"Remaining time on {_named(work, item)} after {_day(at)}"
        found.append(_item(subscription, item, amount, at, words=words, credited=None))
    return found


def _billed(work: Work, subscription: Json, item: Json) -> Json | None:
    """Return what last billed this item for its present period: a proration that waits, else a line, else None."""
    for waiting in reversed(items.waiting(work, subscription["customer"], subscription["id"])):
        if waiting["proration"] and _is_charge(waiting, waiting["parent"]["subscription_details"], item):
            return {**waiting, "discount_amounts": []}
    for invoice in work.store.select("invoice", "subscription = ?", [subscription["id"]]):
        for line in reversed(invoice["lines"]["data"]) if invoice["status"] not in _NOT_BILLED else []:
            if _is_charge(line, line["parent"]["subscription_item_details"], item):
                return dict(line)
    return None


def _is_charge(billed: Json, details: Json | None, item: Json) -> bool:
    of_item = details is not None and details["subscription_item"] == item["id"]
    return bool(of_item and billed["amount"] > 0 and billed["period"]["end"] == item["current_period_end"])


def _credited(billed: Json | None) -> Json | None:
    if billed is None:
        return None
    if billed["object"] == "invoiceitem":
        return {"invoice_item": billed["id"], "type": "invoice_item"}
    lines = {"invoice": billed["invoice"], "invoice_line_items": [billed["id"]]}
    return {"invoice_line_item_details": lines, "type": "invoice_line_items"}


def _item(  # noqa: PLR0913 - a proration is exactly these facts
    subscription: Json, item: Json, amount: int, at: int, *, words: str, credited: Json | None
) -> Json:
    price = item["price"]
    details = {"subscription": subscription["id"], "subscription_item": item["id"]}
    return {
        "amount": amount,
        "currency": price["currency"],
        "description": words,
        "discountable": False,
        "net_amount": amount,
        "parent": {"subscription_details": details, "type": "subscription_details"},
        "period": {"start": at, "end": item["current_period_end"]},
        "pricing": pricing(price, price["unit_amount_decimal"]),
        "proration": True,
        "proration_details": {"credited_items": _credited(credited), "discount_amounts": []},
        "quantity": item["quantity"],
        "quantity_decimal": str(item["quantity"]),
    }


def _named(work: Work, item: Json) -> str:
    times = f"{item['quantity']} × " if item["quantity"] > 1 else ""  # noqa: RUF001 - as Stripe writes it
    return times + name_of(work, item["price"])


def _day(at: int) -> str:
    day = datetime.fromtimestamp(at, UTC)
    return f"{day.day} {day:%b %Y}"


def make_items(work: Work, subscription: Json, rows: list[Json]) -> None:
    """Store prorations as invoice items that wait for the subscription's next invoice."""
    for row in rows:
        items.add(work, subscription["customer"], **row)
