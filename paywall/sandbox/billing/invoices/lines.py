"""The lines of an invoice: what a subscription's item costs for its period, a free trial, and single invoice items."""

from paywall.sandbox.payments.money import price_text
from paywall.sandbox.state.ids import new_id
from paywall.sandbox.state.shapes import Json, shape
from paywall.sandbox.state.work import Work


def name_of(work: Work, price: Json) -> str:
    """Return the name of the product a price is for, also of a product deleted since."""
    product = work.store.get("product", price["product"]) or {}
    return str(product.get("name", price["product"]))


def period_line(work: Work, invoice: str, subscription: Json, item: Json) -> Json:
    """Return the line for one item over its present period; in a trial it is free."""
    price, quantity = item["price"], item["quantity"]
    free = subscription["status"] == "trialing"
    amount = 0 if free else price["unit_amount"] * quantity
    words = f"{quantity} × {name_of(work, price)} (at {price_text(price)})"  # noqa: RUF001 - as Stripe writes it
    origin = _origin(subscription["id"], item["id"])
    return shape(
        "line_item",
        id=new_id("line_item"),
        amount=amount,
        subtotal=amount,
        currency=price["currency"],
        description=f"Trial period for {name_of(work, price)}" if free else words,
        invoice=invoice,
        parent=_of_item(origin),
        period={"start": item["current_period_start"], "end": item["current_period_end"]},
        pricing=pricing(price, "0" if free else price["unit_amount_decimal"]),
        quantity=quantity,
        quantity_decimal=str(quantity),
    )


def single_line(invoice: str, item: Json) -> Json:
    """Return the line for an invoice item: a proration of a subscription, or something billed once."""
    return shape(
        "line_item",
        id=new_id("line_item"),
        amount=item["amount"],
        subtotal=item["amount"],
        currency=item["currency"],
        description=item["description"],
        discountable=item["discountable"],
        invoice=invoice,
        metadata=item["metadata"],
        parent=_parent_of(item),
        period=item["period"],
        pricing=item["pricing"],
        quantity=item["quantity"],
        quantity_decimal=item["quantity_decimal"],
    )


def _parent_of(item: Json) -> Json:
    details = (item["parent"] or {}).get("subscription_details")
    if not item["proration"] or not details:
        return _of_invoice_item(item, details)
    credited = item["proration_details"]["credited_items"]
    lines = credited and credited.get("invoice_line_item_details")
    origin = _origin(details["subscription"], details["subscription_item"])
    proration = {"invoice_item": item["id"], "proration": True, "proration_details": {"credited_items": lines}}
    return _of_item({**origin, **proration})


def _origin(subscription: str, item: str) -> Json:
    return {
        "invoice_item": None,
        "proration": False,
        "proration_details": {"credited_items": None},
        "subscription": subscription,
        "subscription_item": item,
    }


def _of_item(details: Json) -> Json:
    return {"invoice_item_details": None, "subscription_item_details": details, "type": "subscription_item_details"}


def _of_invoice_item(item: Json, details: Json | None) -> Json:
    known = {
        "invoice_item": item["id"],
        "proration": False,
        "proration_details": {"credited_items": None},
        "subscription": details and details["subscription"],
    }
    return {"invoice_item_details": known, "subscription_item_details": None, "type": "invoice_item_details"}


def pricing(price: Json, unit_amount: str) -> Json:
    """Return how a line or an invoice item names its price; the amount of one unit as decimal text."""
    priced = {"price": price["id"], "product": price["product"]}
    return {"price_details": priced, "type": "price_details", "unit_amount_decimal": unit_amount}
