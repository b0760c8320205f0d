"""The invariants, checked when everything has settled. The judge of access is the truth table, which knows no rule."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from paywall.audit import AuditEntry
from paywall.billing.checkout.tables import Customer
from paywall.billing.ledger.tables import Payment, Refund
from paywall.billing.subscriptions.tables import BillingEvent, Invoice, Subscription
from paywall.entitlements.reading import entitlements_of
from paywall.outbox import OutboxMail
from tests.proof.simulation.city import City
from tests.proof.truth_table import EITHER, NO, YES, Held, verdict

Json = dict[str, Any]
_LIVE = ("active", "trialing", "past_due")
_ONCE = ("subscription_added", "subscription_ended", "second_given_back")
_GONE = ("succeeded", "pending", "requires_action")


@dataclass(frozen=True)
class Broken:
    """An invariant that does not hold."""

    invariant: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.sentence}"


def judge(city: City) -> list[Broken]:
    """Return every invariant that is broken just now."""
    world = _Stripe(city)
    checks = (_access(city, world), _one_live(world), _books(city, world), _inbox(city), _mails(city), _audit(city))
    return [broken for check in checks for broken in check]


class _Stripe:
    """All that Stripe holds, by customer."""

    def __init__(self, city: City) -> None:
        self.invoices = city.objects("invoice")
        self.charges = city.objects("charge")
        self.disputes = city.objects("dispute")
        self.subscriptions = city.objects("subscription")
        self.payments = {
            one["invoice"]: one["payment"]["payment_intent"]
            for one in city.objects("invoice_payment")
            if one["payment"].get("payment_intent")
        }
        with city.database.reading() as session:
            rows = session.execute(select(Customer.stripe_id, Customer.reader_id))
            self.reader_of: dict[str, int | None] = {row.stripe_id: row.reader_id for row in rows}

    def held_by(self, reader: int) -> list[Held]:
        mine = [one for one in self.subscriptions if self.reader_of.get(one["customer"]) == reader]
        return [self._held(one) for one in mine]

    def _held(self, subscription: Json) -> Held:
        invoices = [one for one in self.invoices if _subscription_of(one) == subscription["id"]]
        intents = {self.payments[one["id"]] for one in invoices if one["id"] in self.payments}
        charges = [one for one in self.charges if one["payment_intent"] in intents]
        ids = {one["id"] for one in charges}
        disputes = [one for one in self.disputes if one["charge"] in ids]
        return Held(subscription, invoices, self.payments, charges, disputes)


def _access(city: City, stripe: _Stripe) -> Iterator[Broken]:
    """I1: access is what Stripe's state, the policy and the clock say."""
    now = city.time.now()
    for reader in city.readers:
        words = {verdict(held, now) for held in stripe.held_by(reader)}
        told = YES if YES in words else EITHER if EITHER in words else NO
        with city.database.reading() as session:
            reads = any(one.grants_access(now) for one in entitlements_of(session, reader))
        if (told == YES and not reads) or (told == NO and reads):
            yield Broken(
                "I1", f"reader {reader} reads: {reads}; by the table: {told}; {_describe(stripe, reader, now)}"
            )


def _describe(stripe: _Stripe, reader: int, now: datetime) -> str:
    return ", ".join(
        f"{one.subscription['id']} {one.subscription['status']} {verdict(one, now)}" for one in stripe.held_by(reader)
    )


def _one_live(stripe: _Stripe) -> Iterator[Broken]:
    """I2: at most one live subscription for each reader at Stripe."""
    live = Counter(stripe.reader_of.get(one["customer"]) for one in stripe.subscriptions if one["status"] in _LIVE)
    for reader, count in live.items():
        if reader is not None and count > 1:
            yield Broken("I2", f"reader {reader} has {count} live subscriptions")


def _books(city: City, stripe: _Stripe) -> Iterator[Broken]:
    """I3: our ledger in minor units is Stripe's paid minus refunded, for each currency."""
    with city.database.reading() as session:
        paid = dict(
            session.execute(select(Payment.currency, func.sum(Payment.amount_minor)).group_by(Payment.currency)).all()
        )
        gone = select(Refund.currency, func.sum(Refund.amount_minor)).where(Refund.status.in_(_GONE))
        back = dict(session.execute(gone.group_by(Refund.currency)).all())
        ours = {one: (paid.get(one, 0), back.get(one, 0)) for one in paid}
        mirrored = session.scalar(select(func.sum(Invoice.paid_minor - Invoice.refunded_minor))) or 0
    theirs: dict[str, tuple[int, int]] = {}
    for charge in stripe.charges:
        if charge["paid"]:
            in_, out = theirs.get(charge["currency"].upper(), (0, 0))
            theirs[charge["currency"].upper()] = (in_ + charge["amount_captured"], out + charge["amount_refunded"])
    if ours != theirs:
        yield Broken("I3", f"the books say {ours}, Stripe says {theirs}")
    if mirrored != sum(in_ - out for in_, out in theirs.values()):
        yield Broken("I3", f"the invoices say {mirrored}, Stripe says {theirs}")


def _inbox(city: City) -> Iterator[Broken]:
    """I4: every event is terminal in the inbox."""
    if city.open_events():
        yield Broken("I4", f"{len(city.open_events())} events are open: {city.open_events()[0].last_error}")
    with city.database.reading() as session:
        known = set(session.scalars(select(BillingEvent.event_id)))
    waiting = {one.event_id for one in city.sandbox.deliverer.pending()}
    if waiting:
        yield Broken("I4", f"{len(waiting)} events were not delivered, {len(waiting - known)} of them never")


def _mails(city: City) -> Iterator[Broken]:
    """I7: at most one mail for each cause and kind."""
    with city.database.reading() as session:
        counts = Counter((kind, cause) for kind, cause in session.execute(select(OutboxMail.kind, OutboxMail.cause)))
    for (kind, cause), count in counts.items():
        if count > 1:
            yield Broken("I7", f"{count} mails of {kind} for {cause}")


def _audit(city: City) -> Iterator[Broken]:
    """I9: one audit row for each change that happens once."""
    with city.database.reading() as session:
        entries = [(deed, about) for deed, about in session.execute(select(AuditEntry.action, AuditEntry.subject))]
        subscriptions = set(session.scalars(select(Subscription.stripe_id)))
        refunds = session.scalar(select(func.count()).select_from(Refund)) or 0
    deeds = Counter(entries)
    for (action, subject), count in deeds.items():
        if action in _ONCE and count > 1:
            yield Broken("I9", f"{action} of {subject} is noted {count} times")
    added = {subject.removeprefix("subscription:") for action, subject in deeds if action == "subscription_added"}
    if added != subscriptions:
        yield Broken("I9", f"{len(subscriptions - added)} subscriptions came without a note")
    noted = sum(count for (action, _), count in deeds.items() if action == "refund_succeeded")
    if noted != refunds:
        yield Broken("I9", f"{refunds} refunds, {noted} notes")


def _subscription_of(invoice: Json) -> str | None:
    details = (invoice["parent"] or {}).get("subscription_details") or {}
    return details.get("subscription")
