"""Everything the account page shows, read in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from paywall.account.changes import until_if_cancelled
from paywall.account.invoices import InvoiceLine, invoice_lines
from paywall.account.sentences import state
from paywall.account.situation import Facts
from paywall.account.statement import Statement, Telling
from paywall.account.tongue import Tongue, every
from paywall.billing.catalogue.plans import plan_of_price, price_on_offer
from paywall.billing.changing.asking import held
from paywall.billing.changing.cancelling import cancellation_asked_at
from paywall.billing.changing.choosing import choices
from paywall.billing.changing.pausing import pauses
from paywall.billing.changing.rules import Rate
from paywall.billing.letters.choices import OPTIONAL, mails_switched_off
from paywall.billing.subscriptions.reading import card_of, current_subscription, customer_is_gone, invoices_of_reader
from paywall.billing.subscriptions.status import ENDED, Status
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.entitlements.reading import entitlements_of
from paywall.publishers.rules import Profile


@dataclass(frozen=True, slots=True)
class MailChoice:
    """A kind of mail that can be switched."""

    kind: str
    name: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """The account at one moment."""

    statement: Statement
    facts: tuple[tuple[str, str], ...]
    invoices: tuple[InvoiceLine, ...]
    mails: tuple[MailChoice, ...]
    has_payments: bool
    """True for who has ever been a subscriber: Stripe's portal has something to show."""
    can_cancel: bool
    can_change: bool
    can_pause: bool
    until: str
    """Until when the reader may read if it is cancelled now; empty where that ends it at once."""
    has_open_invoice: bool


def overview(session: Session, publisher: Profile, reader_id: int, now: datetime) -> Overview:
    """Return what a reader's account shows at `now`."""
    tongue = Tongue(publisher.language, publisher.timezone)
    row = current_subscription(session, reader_id)
    invoices = invoices_of_reader(session, reader_id)
    telling = Telling(_facts(session, row, invoices, reader_id), tongue, now, _next_rate(session, row))
    return Overview(
        statement=state(telling),
        facts=tuple(_lines(session, row, telling)) if row and row.status not in ENDED else (),
        invoices=tuple(invoice_lines(invoices, tongue, now)),
        mails=_mails(session, reader_id) if row else (),
        has_payments=row is not None and not telling.facts.customer_is_gone,
        can_cancel=can_cancel(telling.facts),
        can_change=bool(row and can_cancel(telling.facts) and choices(session, row, now)),
        can_pause=bool(row and can_cancel(telling.facts) and pauses(row, now)),
        until=until_if_cancelled(session, row, tongue, now) if row else "",
        has_open_invoice=telling.facts.open_invoice is not None,
    )


def can_cancel(facts: Facts) -> bool:
    """Tell whether there is a running subscription that its reader has not cancelled yet."""
    row = facts.subscription
    return row is not None and row.status not in ENDED and row.cancels_at is None and facts.noted_at is None


def _facts(session: Session, row: Subscription | None, invoices: Sequence[Invoice], reader_id: int) -> Facts:
    entitlements = entitlements_of(session, reader_id)
    if row is None:
        return Facts(None, entitlements=entitlements)
    mine = [one for one in invoices if one.subscription_id == row.stripe_id]
    noted_at, is_gone = cancellation_asked_at(session, row.stripe_id), customer_is_gone(session, row.customer_id)
    return Facts(row, mine, entitlements, noted_at, is_gone)


def _next_rate(session: Session, row: Subscription | None) -> Rate | None:
    """Return the price that a scheduled change leads to; None if there is none, or it is off the shelf."""
    key = row.next_lookup_key if row else None
    price = price_on_offer(session, row.publisher_id, key) if row and key else None
    return Rate(price.amount_minor, price.interval, price.interval_count) if price else None


def _lines(session: Session, row: Subscription, telling: Telling) -> list[tuple[str, str]]:
    plan = plan_of_price(session, row.lookup_key) if row.lookup_key else None
    lines = [("Plan", plan.name)] if plan else []
    lines.append(("Price", f"{telling.money(row.amount_minor)} {every(held(row).rate)}"))
    if telling.paid_until:
        lines.append(("Free until" if row.status == Status.TRIALING else "Paid until", telling.paid_until))
    if card := card_of(row):
        lines.append(("Card", f"{card}, expires {row.card_exp_month:02}/{row.card_exp_year}"))
    return lines


def _mails(session: Session, reader_id: int) -> tuple[MailChoice, ...]:
    off = mails_switched_off(session, reader_id)
    return tuple(MailChoice(kind, name, kind not in off) for kind, name in OPTIONAL.items())
