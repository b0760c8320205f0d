"""The mails that billing owes a reader: started, payment failed, cancelled; each at most once for its cause."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy.orm import Session

from paywall import clock, outbox
from paywall.billing.fetching import Picture
from paywall.billing.money import Money
from paywall.billing.snapshot import InvoiceSnapshot
from paywall.billing.status import Status
from paywall.billing.subscription_tables import Subscription
from paywall.entitlements.tables import entitlements_of
from paywall.mail import compose
from paywall.publishers.letterhead import letterhead
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import Profile
from paywall.readers.tables import reader_by_id

NEWS_FOR = timedelta(days=3)
"""What happened longer ago (an import, a repair after an outage) is no news any more."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail to write: its kind and template, what caused it, its subject, and what the template speaks of."""

    kind: str
    cause: str
    subject: str
    values: dict[str, object]


def post_due(session: Session, row: Subscription, picture: Picture, base_url: str) -> None:
    """Put the mails into the outbox that the present state of a reader's current subscription calls for."""
    if not row.is_current:
        return
    publisher, reader = read_profile(session, row.publisher_id), reader_by_id(session, row.publisher_id, row.reader_id)
    if reader is None:
        return
    head = letterhead(publisher, base_url)
    for notice in _notices(session, row, picture, publisher):
        mail = compose(notice.kind, head, reader.email, notice.subject, **notice.values)
        outbox.post(session, publisher.id, notice.kind, notice.cause, mail)


def _notices(session: Session, row: Subscription, picture: Picture, publisher: Profile) -> Iterable[Notice]:
    now = clock.now()
    if row.status in (Status.ACTIVE, Status.TRIALING) and row.paid_through_at and _is_news(row.created_at, now):
        yield _started(row, publisher)
    failed = _failed_invoice(picture.invoices)
    if row.status == Status.PAST_DUE and failed and _is_news(failed.created_at, now):
        yield _payment_failed(session, row, failed, publisher)
    canceled_at = picture.subscription.canceled_at
    if canceled_at and _is_news(canceled_at, now) and row.status != Status.INCOMPLETE_EXPIRED:
        yield _cancelled(row, canceled_at, publisher)


def _is_news(at: datetime, now: datetime) -> bool:
    return now - at < NEWS_FOR


def _failed_invoice(invoices: Iterable[InvoiceSnapshot]) -> InvoiceSnapshot | None:
    unpaid = [one for one in invoices if one.status == "open" and one.was_attempted]
    return max(unpaid, key=lambda one: one.created_at, default=None)


def _started(row: Subscription, publisher: Profile) -> Notice:
    money = Money(row.amount_minor, row.currency).format(publisher.language)
    values: dict[str, object] = {
        "amount": money,
        "interval": row.interval,
        "next_payment": day(row.paid_through_at or row.created_at, publisher),
        "is_trial": row.status == Status.TRIALING,
    }
    return Notice("billing_started", row.stripe_id, f"You subscribe to {publisher.name}", values)


def _payment_failed(session: Session, row: Subscription, invoice: InvoiceSnapshot, publisher: Profile) -> Notice:
    held = [one for one in entitlements_of(session, row.reader_id) if one.source_id == row.stripe_id]
    until = day(held[0].valid_until if held else invoice.created_at, publisher)
    values: dict[str, object] = {
        "amount": Money(invoice.total_minor, invoice.currency.upper()).format(publisher.language),
        "until": until,
    }
    return Notice(
        "billing_payment_failed", invoice.stripe_id, f"Your payment failed; you can still read until {until}", values
    )


def _cancelled(row: Subscription, canceled_at: datetime, publisher: Profile) -> Notice:
    end = row.paid_through_at
    still_reads = end is not None and end > clock.now()
    until = day(end, publisher) if end and still_reads else ""
    subject = (
        f"Your subscription is cancelled; you can read until {until}" if still_reads else "Your subscription has ended"
    )
    return Notice("billing_cancelled", f"{row.stripe_id}:{int(canceled_at.timestamp())}", subject, {"until": until})


def day(at: datetime, publisher: Profile) -> str:
    """Return the date of an instant as the publisher's readers write it."""
    return format_date(at.astimezone(ZoneInfo(publisher.timezone)), "d MMMM y", locale=publisher.language)
