"""Drafts of invoices: a subscription's items and whatever waits to be billed, with discounts, taxes and balance."""

from dataclasses import dataclass

from paywall.sandbox.billing.discounts import applying
from paywall.sandbox.billing.invoices import items
from paywall.sandbox.billing.invoices.amounts import Terms, owed, reckon
from paywall.sandbox.billing.invoices.lines import period_line, single_line
from paywall.sandbox.state.ids import new_id
from paywall.sandbox.state.shapes import Json, list_of
from paywall.sandbox.state.work import Work

DRAFT_SECONDS = 3600


@dataclass(frozen=True)
class Cause:
    """Why a subscription is billed, which items for their whole period, and the period that lies behind it."""

    reason: str
    items: list[Json]
    period: tuple[int, int]


def draft(work: Work, subscription: Json, cause: Cause) -> Json:
    """Make the draft of a subscription's invoice; everything that waits to be billed with it goes onto it.

    The caller gives the subscription the new `latest_invoice`, and the discounts that are left after it.
    """
    customer = work.get("customer", subscription["customer"])
    identifier = new_id("invoice")
    waiting = items.waiting(work, customer["id"], subscription["id"])
    lines = [single_line(identifier, item) for item in waiting]
    lines += [period_line(work, identifier, subscription, item) for item in cause.items]
    terms = Terms(applying.standing(work, subscription), subscription["default_tax_rates"], customer["tax_exempt"])
    private = {"days_until_due": subscription["days_until_due"]}
    facts = _facts(subscription, cause)
    invoice = add(work, customer, lines, terms, identifier=identifier, private=private, fields=facts)
    for item in waiting:
        work.change(item, invoice=identifier)
    return invoice


def _facts(subscription: Json, cause: Cause) -> Json:
    details = {"metadata": subscription["metadata"], "subscription": subscription["id"]}
    return {
        "billing_reason": cause.reason,
        "collection_method": subscription["collection_method"],
        "currency": subscription["currency"],
        "parent": {"quote_details": None, "subscription_details": details, "type": "subscription_details"},
        "period_start": cause.period[0],
        "period_end": cause.period[1],
    }


def add(  # noqa: PLR0913 - an invoice is exactly these facts
    work: Work, customer: Json, lines: list[Json], terms: Terms, *, identifier: str, private: Json, fields: Json
) -> Json:
    """Store a draft with these lines, reckoned up by these terms."""
    sums = reckon(lines, terms)
    due, _ = owed(sums["total"], customer["balance"])
    return work.add(
        "invoice",
        identifier=identifier,
        event="invoice.created",
        private=private,
        amount_due=due,
        amount_remaining=due,
        customer=customer["id"],
        default_tax_rates=terms.tax_rates,
        discounts=[identifier for identifier, _ in terms.discounts],
        lines=list_of(lines, f"/v1/invoices/{identifier}/lines"),
        starting_balance=customer["balance"],
        **{f"customer_{name}": customer[name] for name in ("address", "email", "name", "phone", "tax_exempt")},
        **sums,
        **fields,
    )


def put_on(work: Work, invoice: Json, more: list[Json]) -> None:
    """Put invoice items onto a draft and reckon it up anew."""
    lines = [*invoice["lines"]["data"], *(single_line(invoice["id"], item) for item in more)]
    discounts = applying.coupons_of(work, invoice["discounts"])
    sums = reckon(lines, Terms(discounts, invoice["default_tax_rates"], invoice["customer_tax_exempt"]))
    due, _ = owed(sums["total"], invoice["starting_balance"])
    listed = {**invoice["lines"], "data": lines}
    work.change(invoice, lines=listed, amount_due=due, amount_remaining=due, **sums)
    for item in more:
        work.change(item, invoice=invoice["id"])


def wait_an_hour(work: Work, invoice: Json) -> None:
    """Let a draft be finalised and collected by itself after the hour in which it may still be changed."""
    work.store.set_due(invoice["id"], work.now + DRAFT_SECONDS)
    work.change(invoice, automatically_finalizes_at=work.now + DRAFT_SECONDS)


def hold(work: Work, invoice: Json) -> None:
    """Keep a draft a draft until somebody finalises it."""
    work.store.set_due(invoice["id"], None)
    work.change(invoice, auto_advance=False, automatically_finalizes_at=None)
