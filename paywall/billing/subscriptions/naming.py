"""Whose something is that Stripe has a name for: a subscription, a customer, an invoice, a payment."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from paywall.billing.checkout.tables import Customer
from paywall.billing.subscriptions.tables import Invoice, Subscription


def readers_behind(session: Session, publisher_id: int, name: str) -> list[int]:
    """Return the ids of a publisher's readers behind a Stripe id, or behind an invoice's number in any case.

    None for a name that means nothing here, or whose reader was erased.
    """
    found = (one for query in _questions(publisher_id, name) for one in session.scalars(query))
    return sorted({one for one in found if one is not None})


def _questions(publisher_id: int, name: str) -> list[Select[int] | Select[int | None]]:
    kind = name.partition("_")[0].lower()
    theirs = Invoice.publisher_id == publisher_id
    match kind:
        case "sub":
            mine = Subscription.publisher_id == publisher_id
            return [select(Subscription.reader_id).where(mine, Subscription.stripe_id == name)]
        case "cus":
            mine = Customer.publisher_id == publisher_id
            return [select(Customer.reader_id).where(mine, Customer.stripe_id == name)]
        case "in":
            return [select(Invoice.reader_id).where(theirs, Invoice.stripe_id == name)]
        case "pi" | "ch" | "py":
            return [select(Invoice.reader_id).where(theirs, Invoice.payment_id == name)]
        case _:
            return [select(Invoice.reader_id).where(theirs, Invoice.number == name.upper())]
