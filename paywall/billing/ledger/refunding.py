"""Giving money back: one payment, in whole or in part; Stripe is asked, and what follows is synced at once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paywall import audit
from paywall.billing.catalogue.money import Money, parse
from paywall.billing.ledger.tables import Payment
from paywall.billing.parts import Billing
from paywall.billing.snapshots.invoice import payment_named
from paywall.billing.stripe_errors import StripeRefused
from paywall.billing.subscriptions.tables import Invoice
from paywall.billing.syncing.attempt import Synced
from paywall.billing.syncing.sync import sync_subscription
from paywall.errors import BadInput, NotFound


@dataclass(frozen=True, slots=True)
class Plan:
    """A refund as Stripe is to be asked for it; amounts in minor units."""

    publisher_id: int
    subscription_id: str
    payment_id: str
    amount_minor: int
    already_minor: int
    sentence: str
    """What it will do, said before it is done."""

    def key(self, invoice_id: str) -> str:
        """Return a key that is the same for a second click, and another once this one has gone through."""
        return f"refund:{invoice_id}:{self.already_minor}:{self.amount_minor}"


def plan(billing: Billing, invoice_id: str, amount: str | None, keeps_until: datetime | None) -> Plan:
    """Return what a refund would do; `amount` in main units as typed, `4.99`, or None for all that is left.

    Raises NotFound, and BadInput naming `invoice`, `amount` or `keeps_until`.
    """
    with billing.database.reading() as session:
        invoice = _invoice(session, invoice_id)
        minor = parse(amount, invoice.currency).minor if amount is not None else None
        return _plan(invoice, minor, keeps_until)


def refund(
    billing: Billing, invoice_id: str, *, amount_minor: int | None, keeps_until: datetime | None, actor: str
) -> Synced:
    """Give back what was paid on an invoice, all that is left of it unless `amount_minor` says how much.

    A full refund ends access at once, or at `keeps_until`. `actor` is who does it, as the audit names people. Raises
    NotFound, BadInput naming `invoice`, `amount` or `keeps_until`, and the situations of `stripe_errors`. No
    transaction may be open.
    """
    with billing.database.writing() as session:
        wanted = note_refund(session, invoice_id, amount_minor=amount_minor, keeps_until=keeps_until)
        deed = (actor, "refund_asked", f"invoice:{invoice_id}")
        audit.write(session, wanted.publisher_id, *deed, amount_minor=wanted.amount_minor)
    return give_back(billing, invoice_id, wanted)


def note_refund(session: Session, invoice_id: str, *, amount_minor: int | None, keeps_until: datetime | None) -> Plan:
    """Note in the caller's transaction what a refund is to do to access; `give_back` is to follow. Raises as `refund`.

    Whoever calls this writes into the audit.
    """
    invoice = _invoice(session, invoice_id)
    wanted = _plan(invoice, amount_minor, keeps_until)
    invoice.keeps_until = keeps_until
    return wanted


def give_back(billing: Billing, invoice_id: str, wanted: Plan) -> Synced:
    """Have Stripe give back what was noted, once, and sync what follows. No transaction may be open."""
    how = {"amount": wanted.amount_minor, "reason": "requested_by_customer"}
    params = {**payment_named(wanted.payment_id), **how}
    try:
        billing.gateway.create_refund(params, idempotency_key=wanted.key(invoice_id))
    except StripeRefused:  # an answer, not a silence: what was noted for afterwards would let in by mistake one day
        with billing.database.writing() as session:
            _invoice(session, invoice_id).keeps_until = None
        raise
    return sync_subscription(billing, wanted.subscription_id, with_money_back=True)


def _invoice(session: Session, invoice_id: str) -> Invoice:
    found = session.scalar(select(Invoice).where(Invoice.stripe_id == invoice_id).with_for_update())
    if found is None:
        raise NotFound("There is no such invoice.")
    parts = session.scalar(select(func.count()).where(Payment.invoice_id == invoice_id)) or 0
    if parts > 1:
        way = "give each back at Stripe, and it is noted here by itself"
        raise BadInput("invoice", f"This invoice was paid by {parts} payments: {way}.")
    return found


def _plan(invoice: Invoice, amount_minor: int | None, keeps_until: datetime | None) -> Plan:
    if not invoice.paid_minor or invoice.payment_id is None:
        raise BadInput("invoice", "Nothing was paid on this invoice.")
    left = invoice.paid_minor - invoice.refunded_minor
    amount = left if amount_minor is None else amount_minor
    if not 0 < amount <= left:
        raise BadInput("amount", f"At most {Money(left, invoice.currency).format('en')} can be given back.")
    is_full = amount == left
    if keeps_until is not None and not is_full:
        raise BadInput("keeps_until", "A refund of a part leaves access as it is: give no date.")
    given = Money(amount, invoice.currency).format("en")
    effect = _effect(keeps_until, is_full=is_full)
    sentence = f"{given} of invoice {invoice.number or invoice.stripe_id} will be given back; {effect}"
    already = invoice.refunded_minor
    return Plan(invoice.publisher_id, invoice.subscription_id, invoice.payment_id, amount, already, sentence)


def _effect(keeps_until: datetime | None, *, is_full: bool) -> str:
    if not is_full:
        return "access stays as it is"
    return f"access ends on {keeps_until:%Y-%m-%d}" if keeps_until else "what it paid for ends at once"
