"""Invoices: made by subscriptions as drafts, numbered and opened with the payment that is expected, voided."""

from paywall.sandbox.payments import payments
from paywall.sandbox.payments.money import price_text
from paywall.sandbox.state.ids import new_id
from paywall.sandbox.state.shapes import Json, list_of, shape
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import equals
from paywall.sandbox.wire.params import one_of
from paywall.sandbox.wire.routes import Operation, listing, retrieving

DRAFT_SECONDS = 3600
_DESCRIPTIONS = {"subscription_create": "Subscription creation", "subscription_cycle": "Subscription update"}


def draft(work: Work, subscription: Json, reason: str, period: tuple[int, int]) -> Json:
    """Make the invoice for the subscription's present period; `period` is the one that lies behind it."""
    customer = work.get("customer", subscription["customer"])
    identifier = new_id("invoice")
    lines = [_line(work, identifier, subscription, item) for item in subscription["items"]["data"]]
    total = sum(line["amount"] for line in lines)
    details = {"metadata": subscription["metadata"], "subscription": subscription["id"]}
    return work.add(
        "invoice",
        identifier=identifier,
        event="invoice.created",
        due_at=work.now + DRAFT_SECONDS if reason == "subscription_cycle" else None,
        automatically_finalizes_at=work.now + DRAFT_SECONDS if reason == "subscription_cycle" else None,
        billing_reason=reason,
        currency=subscription["currency"],
        customer=customer["id"],
        customer_address=customer["address"],
        customer_email=customer["email"],
        customer_name=customer["name"],
        customer_phone=customer["phone"],
        customer_tax_exempt=customer["tax_exempt"],
        lines=list_of(lines, f"/v1/invoices/{identifier}/lines"),
        parent={"quote_details": None, "subscription_details": details, "type": "subscription_details"},
        period_start=period[0],
        period_end=period[1],
        **dict.fromkeys(("amount_due", "amount_remaining", "total", "total_excluding_tax"), total),
        **dict.fromkeys(("subtotal", "subtotal_excluding_tax"), total),
    )


def _line(work: Work, invoice: str, subscription: Json, item: Json) -> Json:
    price, quantity = item["price"], item["quantity"]
    amount = price["unit_amount"] * quantity
    origin = {
        "invoice_item": None,
        "proration": False,
        "proration_details": {"credited_items": None},
        "subscription": subscription["id"],
        "subscription_item": item["id"],
    }
    priced = {"price": price["id"], "product": price["product"]}
    return shape(
        "line_item",
        id=new_id("line_item"),
        amount=amount,
        subtotal=amount,
        currency=price["currency"],
        description=f"{quantity} × {work.get('product', price['product'])['name']} (at {price_text(price)})",  # noqa: RUF001 - as Stripe writes it
        invoice=invoice,
        parent={"invoice_item_details": None, "subscription_item_details": origin, "type": "subscription_item_details"},
        period={"start": item["current_period_start"], "end": item["current_period_end"]},
        pricing={
            "price_details": priced,
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        quantity=quantity,
        quantity_decimal=str(quantity),
    )


def finalize(work: Work, invoice: Json, intent: Json | None = None) -> Json:
    """Give the invoice its number and open it, with the intent that will pay it (made here unless one is given)."""
    customer = work.get("customer", invoice["customer"])
    sequence = customer["next_invoice_sequence"]
    work.change(customer, next_invoice_sequence=sequence + 1)
    work.store.set_due(invoice["id"], None)
    work.change(
        invoice,
        event="invoice.finalized",
        status="open",
        number=f"{customer['invoice_prefix']}-{sequence:04d}",
        automatically_finalizes_at=None,
        effective_at=work.now,
        ending_balance=0,
        hosted_invoice_url=f"{work.base_url}/invoice/{invoice['id']}",
        invoice_pdf=f"{work.base_url}/invoice/{invoice['id']}/pdf",
        status_transitions={**invoice["status_transitions"], "finalized_at": work.now},
    )
    if invoice["amount_due"]:
        _expect_payment(work, invoice, intent or _intent_for(work, invoice))
    return invoice


def _intent_for(work: Work, invoice: Json) -> Json:
    described = _DESCRIPTIONS.get(invoice["billing_reason"], "Payment for Invoice")
    return payments.new_intent(work, invoice["customer"], invoice["amount_due"], invoice["currency"], described)


def _expect_payment(work: Work, invoice: Json, intent: Json) -> None:
    payment = {"payment_intent": intent["id"], "type": "payment_intent"}
    work.add(
        "invoice_payment",
        amount_requested=invoice["amount_due"],
        currency=invoice["currency"],
        invoice=invoice["id"],
        payment=payment,
    )


def payment_of(work: Work, invoice: Json) -> Json | None:
    """Return the invoice's payment record, None for an invoice over nothing."""
    found = work.store.select("invoice_payment", "json_extract(body, '$.invoice') = ?", [invoice["id"]])
    return found[0] if found else None


def void(work: Work, invoice: Json) -> Json:
    """Close an open invoice unpaid, for good."""
    work.store.set_due(invoice["id"], None)
    moments = {**invoice["status_transitions"], "voided_at": work.now}
    return work.change(
        invoice,
        event="invoice.voided",
        status="void",
        auto_advance=False,
        next_payment_attempt=None,
        status_transitions=moments,
    )


_FILTERS = {
    "customer": equals("customer"),
    "subscription": equals("subscription"),
    "status": equals("$.status", one_of("draft", "open", "paid", "uncollectible", "void")),
    "collection_method": equals("$.collection_method", one_of("charge_automatically", "send_invoice")),
}
_PAYMENT_FILTERS = {
    "invoice": equals("json_extract(body, '$.invoice')"),
    "status": equals("$.status", one_of("canceled", "open", "paid")),
}

OPERATIONS: tuple[Operation, ...] = (
    retrieving("/v1/invoices/<id>", "invoice"),
    listing("/v1/invoices", "invoice", _FILTERS),
    retrieving("/v1/invoice_payments/<id>", "invoice_payment"),
    listing("/v1/invoice_payments", "invoice_payment", _PAYMENT_FILTERS),
)
