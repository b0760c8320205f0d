"""The mails that billing owes a reader: started, payment failed, cancelled; each at most once for its cause."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy.orm import Session

from paywall import clock, outbox
from paywall.billing.catalogue.money import Money
from paywall.billing.snapshots.invoice import InvoiceSnapshot
from paywall.billing.subscriptions.status import Status
from paywall.billing.subscriptions.tables import Subscription
from paywall.billing.syncing.fetching import Picture
from paywall.entitlements.reading import entitlements_of
from paywall.mail import compose
from paywall.publishers.letterhead import letterhead
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import Profile
from paywall.readers.finding import reader_by_id

NEWS_FOR = timedelta(days=3)
"""What happened longer ago (an import, a repair after an outage) is no news any more."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a notice says: its subject, and what its template speaks of."""

    subject: str
    values: dict[str, object]


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail that may be due: its kind and template, what caused it, and who writes it if it has not gone out yet."""

    kind: str
    cause: str
    write: Callable[[Profile], Letter]


def post_due(session: Session, row: Subscription, picture: Picture, base_url: str) -> None:
    """Put the mails into the outbox that the present state of a reader's current subscription calls for."""
    due = [one for one in _notices(session, row, picture) if not outbox.was_posted(session, one.kind, one.cause)]
    reader = reader_by_id(session, row.publisher_id, row.reader_id) if due and row.is_current else None
    if reader is None:
        return
    publisher = read_profile(session, row.publisher_id)
    head = letterhead(publisher, base_url)
    for notice in due:
        letter = notice.write(publisher)
        mail = compose(notice.kind, head, reader.email, letter.subject, **letter.values)
        outbox.post(session, publisher.id, notice.kind, notice.cause, mail)


def _notices(session: Session, row: Subscription, picture: Picture) -> Iterator[Notice]:
    now = clock.now()
    if row.status in (Status.ACTIVE, Status.TRIALING) and row.paid_through_at and _is_news(row.created_at, now):
        yield Notice("billing_started", row.stripe_id, lambda publisher: _started(row, publisher))
    failed = _failed_invoice(picture.invoices)
    if row.status == Status.PAST_DUE and failed and _is_news(failed.created_at, now):
        yield Notice(
            "billing_payment_failed", failed.stripe_id, lambda publisher: _failed(session, row, failed, publisher)
        )
    canceled_at = picture.subscription.canceled_at
    if canceled_at and _is_news(canceled_at, now) and row.status != Status.INCOMPLETE_EXPIRED:
        cause = f"{row.stripe_id}:{int(canceled_at.timestamp())}"
        yield Notice("billing_cancelled", cause, lambda publisher: _cancelled(row, publisher))


def _is_news(at: datetime, now: datetime) -> bool:
    return now - at < NEWS_FOR


def _failed_invoice(invoices: Iterable[InvoiceSnapshot]) -> InvoiceSnapshot | None:
    unpaid = [one for one in invoices if one.status == "open" and one.was_attempted]
    return max(unpaid, key=lambda one: one.created_at, default=None)


def _started(row: Subscription, publisher: Profile) -> Letter:
    values: dict[str, object] = {
        "amount": Money(row.amount_minor, row.currency).format(publisher.language),
        "interval": row.interval,
        "next_payment": day(row.paid_through_at or row.created_at, publisher),
        "is_trial": row.status == Status.TRIALING,
    }
    return Letter(f"You subscribe to {publisher.name}", values)


def _failed(session: Session, row: Subscription, invoice: InvoiceSnapshot, publisher: Profile) -> Letter:
    held = [one for one in entitlements_of(session, row.reader_id) if one.source_id == row.stripe_id]
    until = day(held[0].valid_until, publisher) if held and held[0].grants_access(clock.now()) else ""
    amount = Money(invoice.total_minor, invoice.currency.upper()).format(publisher.language)
    subject = f"Your payment failed; you can still read until {until}" if until else "Your payment failed"
    return Letter(subject, {"amount": amount, "until": until})


def _cancelled(row: Subscription, publisher: Profile) -> Letter:
    end = row.paid_through_at
    until = day(end, publisher) if end and end > clock.now() else ""
    subject = f"Your subscription is cancelled; you can read until {until}" if until else "Your subscription has ended"
    return Letter(subject, {"until": until})


def day(at: datetime, publisher: Profile) -> str:
    """Return the date of an instant as the publisher's readers write it."""
    return format_date(at.astimezone(ZoneInfo(publisher.timezone)), "d MMMM y", locale=publisher.language)
