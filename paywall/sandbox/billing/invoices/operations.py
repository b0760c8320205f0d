"""The operations of invoices, invoice items, their payments, and the payment intents that pay them."""

from paywall.sandbox.billing.debts import collecting
from paywall.sandbox.billing.invoices import by_hand, in_parts
from paywall.sandbox.state.shapes import Json, list_of
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import equals
from paywall.sandbox.wire.params import (
    Declared,
    currency,
    flag,
    integer,
    metadata,
    one_of,
    required,
    rows_of,
    shape_of,
    text,
)
from paywall.sandbox.wire.routes import Operation, listing, retrieving

_ITEM: Declared = {
    "amount": integer(),
    "currency": currency,
    "customer": required(text()),
    "description": text(),
    "discountable": flag,
    "invoice": text(),
    "metadata": metadata,
    "period": shape_of({"start": required(integer(0)), "end": required(integer(0))}),
    "pricing": shape_of({"price": required(text())}),
    "quantity": integer(0, 999_999),
    "subscription": text(),
}
_INVOICE: Declared = {
    "auto_advance": flag,
    "collection_method": one_of("charge_automatically", "send_invoice"),
    "currency": currency,
    "customer": required(text()),
    "days_until_due": integer(0),
    "default_tax_rates": rows_of(text(), 10),
    "description": text(1500),
    "due_date": integer(0),
    "footer": text(),
    "metadata": metadata,
    "pending_invoice_items_behavior": one_of("exclude", "include"),
}
_CHANGES: Declared = {
    "auto_advance": flag,
    "description": text(1500, unset=True),
    "footer": text(unset=True),
    "metadata": metadata,
}
_PAY: Declared = {"payment_method": text(), "paid_out_of_band": flag, "off_session": flag, "forgive": flag}
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
_ITEM_FILTERS = {"customer": equals("customer"), "invoice": equals("json_extract(body, '$.invoice')")}


def _lines(work: Work, params: Json) -> Json:
    invoice = work.get("invoice", params["id"])
    return list_of(invoice["lines"]["data"], f"/v1/invoices/{invoice['id']}/lines")


OPERATIONS: tuple[Operation, ...] = (
    retrieving("/v1/invoices/<id>", "invoice"),
    listing("/v1/invoices", "invoice", _FILTERS),
    Operation("POST", "/v1/invoices", by_hand.create, _INVOICE),
    Operation("POST", "/v1/invoices/<id>", by_hand.update, _CHANGES),
    Operation("DELETE", "/v1/invoices/<id>", by_hand.delete),
    Operation("GET", "/v1/invoices/<id>/lines", _lines, {"limit": integer(1, 100)}),
    Operation("POST", "/v1/invoices/<id>/finalize", by_hand.finalize, {"auto_advance": flag}),
    Operation("POST", "/v1/invoices/<id>/send", by_hand.send),
    Operation("POST", "/v1/invoices/<id>/void", by_hand.void),
    Operation("POST", "/v1/invoices/<id>/mark_uncollectible", by_hand.mark_uncollectible),
    Operation("POST", "/v1/invoices/<id>/pay", collecting.pay, _PAY),
    Operation("POST", "/v1/invoices/<id>/attach_payment", in_parts.attach, {"payment_intent": required(text())}),
    Operation("POST", "/v1/invoiceitems", by_hand.create_item, _ITEM),
    retrieving("/v1/invoiceitems/<id>", "invoiceitem"),
    Operation("DELETE", "/v1/invoiceitems/<id>", by_hand.delete_item),
    listing("/v1/invoiceitems", "invoiceitem", _ITEM_FILTERS),
    retrieving("/v1/invoice_payments/<id>", "invoice_payment"),
    listing("/v1/invoice_payments", "invoice_payment", _PAYMENT_FILTERS),
    Operation(
        "POST",
        "/v1/payment_intents/<id>/confirm",
        collecting.confirm,
        {"payment_method": text(), "return_url": text(), "off_session": flag},
    ),
)
