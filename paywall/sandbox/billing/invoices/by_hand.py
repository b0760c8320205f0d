"""Invoices made by hand: items billed once, an invoice without a subscription, and what is done to it step by step."""

from paywall.sandbox.billing import tax_rates
from paywall.sandbox.billing.changes import pending
from paywall.sandbox.billing.debts import collecting, following
from paywall.sandbox.billing.invoices import drafting, finalizing, items
from paywall.sandbox.billing.invoices.amounts import Terms
from paywall.sandbox.state.errors import invalid, refused
from paywall.sandbox.state.ids import new_id
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.params import merged


def create_item(work: Work, params: Json) -> Json:
    """Bill a customer once: on the next invoice, or on the draft named."""
    customer = work.get("customer", params["customer"], "customer")
    invoice = params.get("invoice")
    if invoice and work.get("invoice", invoice, "invoice")["status"] != "draft":
        raise refused("The invoice is no longer a draft; items cannot be added to it.", "invoice")
    subscription = params.get("subscription")
    if subscription:
        work.get("subscription", subscription, "subscription")
    item = items.add(
        work,
        customer["id"],
        description=params.get("description"),
        discountable=params.get("discountable", True),
        invoice=invoice,
        metadata=merged({}, params.get("metadata", {})),
        parent=_parent(subscription) if subscription else None,
        period=params.get("period", {"start": work.now, "end": work.now}),
        **_priced(work, customer, params),
    )
    if invoice:
        drafting.put_on(work, work.get("invoice", invoice), [item])
    return item


def _parent(subscription: str) -> Json:
    details = {"subscription": subscription, "subscription_item": None}
    return {"subscription_details": details, "type": "subscription_details"}


def _priced(work: Work, customer: Json, params: Json) -> Json:
    quantity = params.get("quantity", 1)
    counted = {"quantity": quantity, "quantity_decimal": str(quantity)}
    if "pricing" in params:
        price = work.get("price", params["pricing"]["price"], "pricing[price]")
        details = {"price": price["id"], "product": price["product"]}
        pricing = {"price_details": details, "type": "price_details", "unit_amount_decimal": str(price["unit_amount"])}
        amount = price["unit_amount"] * quantity
        return {**counted, "amount": amount, "currency": price["currency"], "net_amount": amount, "pricing": pricing}
    if "amount" not in params:
        raise invalid("You must pass exactly one of amount or pricing.", "amount", "parameter_missing")
    named = params.get("currency") or customer["currency"]
    if named is None:
        raise invalid("Missing required param: currency.", "currency", "parameter_missing")
    return {**counted, "amount": params["amount"], "currency": named, "net_amount": params["amount"]}


def delete_item(work: Work, params: Json) -> Json:
    """Delete an item that is on no invoice yet."""
    item = work.get("invoiceitem", params["id"])
    if item["invoice"] is not None:
        raise refused("The invoice item is on an invoice and can no longer be deleted.", "id")
    work.emit("invoiceitem.deleted", item)
    work.store.delete(item)
    return {"id": item["id"], "object": "invoiceitem", "deleted": True}


def create(work: Work, params: Json) -> Json:
    """Make the draft of an invoice that belongs to no subscription; waiting items go onto it if that is asked for."""
    customer = work.get("customer", params["customer"], "customer")
    sent = params.get("collection_method") == "send_invoice"
    if sent != bool({"days_until_due", "due_date"} & set(params)):
        raise invalid("You must pass days_until_due or due_date with collection_method=send_invoice only.", "due_date")
    waiting = _waiting(work, customer["id"], params)
    rates = tax_rates.chosen(work, params.get("default_tax_rates", []), "default_tax_rates")
    invoice = drafting.add(
        work,
        customer,
        [],
        Terms([], rates, customer["tax_exempt"]),
        identifier=new_id("invoice"),
        private={"days_until_due": params.get("days_until_due")},
        fields=_fields(work, customer, params),
    )
    drafting.put_on(work, invoice, waiting)
    if invoice["auto_advance"]:
        drafting.wait_an_hour(work, invoice)
    return invoice


def _fields(work: Work, customer: Json, params: Json) -> Json:
    return {
        "auto_advance": params.get("auto_advance", False),
        "billing_reason": "manual",
        "collection_method": params.get("collection_method", "charge_automatically"),
        "currency": params.get("currency") or customer["currency"] or "eur",
        "metadata": merged({}, params.get("metadata", {})),
        "parent": None,
        "period_start": work.now,
        "period_end": work.now,
        **{name: params[name] for name in ("description", "due_date", "footer") if name in params},
    }


def _waiting(work: Work, customer: str, params: Json) -> list[Json]:
    if params.get("pending_invoice_items_behavior", "exclude") == "exclude":
        return []
    return items.waiting(work, customer, None)


def finalize(work: Work, params: Json) -> Json:
    """Open a draft; with `auto_advance` it is also collected."""
    invoice = work.get("invoice", params["id"])
    if invoice["status"] != "draft":
        raise refused(
            "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
            code="invoice_already_finalized",
        )
    finalizing.finalize(work, invoice)
    if not invoice["amount_due"]:
        collecting.mark_paid(work, invoice)
    elif params.get("auto_advance", invoice["auto_advance"]):
        work.store.set_due(invoice["id"], work.now)
    return invoice


def send(work: Work, params: Json) -> Json:
    """Send an invoice to its customer, finalising it first."""
    invoice = work.get("invoice", params["id"])
    if invoice["collection_method"] != "send_invoice":
        raise refused("You can only manually send an invoice if its collection method is 'send_invoice'.")
    if invoice["status"] == "draft":
        finalizing.finalize(work, invoice)
    return collecting.send(work, finalizing.open_invoice(work, invoice["id"], "sent"))


def void(work: Work, params: Json) -> Json:
    """Void an open invoice; a change that waited for its payment is dropped."""
    invoice = finalizing.void(work, finalizing.open_invoice(work, params["id"], "voided"))
    subscription = following.subscription_of(work, invoice)
    if subscription is not None and pending.waits_for(work, subscription, invoice):
        pending.forget(work, subscription)
    return invoice


def mark_uncollectible(work: Work, params: Json) -> Json:
    """Give an open invoice up."""
    return finalizing.mark_uncollectible(work, finalizing.open_invoice(work, params["id"], "marked uncollectible"))


def update(work: Work, params: Json) -> Json:
    """Change what is said on an invoice, and whether it goes on by itself."""
    invoice = work.get("invoice", params.pop("id"))
    if "metadata" in params:
        params["metadata"] = merged(invoice["metadata"], params["metadata"])
    if params.get("auto_advance") and invoice["status"] == "draft":
        drafting.wait_an_hour(work, invoice)
    if params.get("auto_advance") is False:
        work.store.set_due(invoice["id"], None)
        params["automatically_finalizes_at"] = None
    return work.change(invoice, event="invoice.updated", **params)


def delete(work: Work, params: Json) -> Json:
    """Delete a draft that belongs to no subscription; its items wait again."""
    invoice = work.get("invoice", params["id"])
    if invoice["status"] != "draft" or invoice["parent"] is not None:
        raise refused("You can only delete draft invoices that belong to no subscription.", code="invoice_not_editable")
    for item in work.store.select("invoiceitem", "json_extract(body, '$.invoice') = ?", [invoice["id"]]):
        work.change(item, invoice=None)
    work.emit("invoice.deleted", invoice)
    work.store.delete(invoice)
    return {"id": invoice["id"], "object": "invoice", "deleted": True}
