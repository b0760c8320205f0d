"""All that a dossier is made of, read by the reader's own rows and never further than the newest of each kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from paywall import audit, outbox
from paywall.articles.listings import Named, named
from paywall.audit import AuditEntry
from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.plans import plans_with_archived
from paywall.billing.ledger.moving import Moved, movements_on
from paywall.billing.subscriptions.reading import invoices_of_reader, subscriptions_of
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.entitlements.history.events import latest_events
from paywall.entitlements.reading import rows_of
from paywall.entitlements.tables import AccessEvent, EntitlementRow
from paywall.errors import NotFound
from paywall.gate.answers import Answer, latest_answers
from paywall.outbox import OutboxMail
from paywall.publishers.rules import Profile
from paywall.readers.devices import Device, devices
from paywall.readers.finding import reader_by_id
from paywall.readers.notes import StaffNote, notes_of
from paywall.readers.tables import Reader
from paywall.staff.finding import colleagues

MOST = 100
"""Of each kind, and on a page of the timeline."""
_READ = MOST + 1
"""One more than is shown, to know whether there is more."""
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Facts:
    """A reader at business time `now`; every sequence has the newest first."""

    publisher: Profile
    reader: Reader
    now: datetime
    subscriptions: Sequence[Subscription]
    """The current one first."""
    invoices: Sequence[Invoice]
    moved: Sequence[Moved]
    rights: Sequence[EntitlementRow]
    devices: Sequence[Device]
    mails: Sequence[OutboxMail]
    events: Sequence[AccessEvent]
    deeds: Sequence[AuditEntry]
    answers: Sequence[Answer]
    notes: Sequence[StaffNote]
    staff: Mapping[str, str]
    """Addresses of those who work here, by their names in the audit."""
    plans: Mapping[str, str]
    """Names of plans, by their prices' lookup keys."""
    articles: Mapping[int, Named]
    before: datetime | None = None
    """Then what happened is only that of before; None for the newest."""

    @property
    def subscription(self) -> Subscription | None:
        """The one that the reader's account speaks of."""
        return next((one for one in self.subscriptions if one.is_current), None)

    @property
    def bills(self) -> list[Invoice]:
        """The invoices of that subscription."""
        row = self.subscription
        return [one for one in self.invoices if row and one.subscription_id == row.stripe_id]

    @property
    def open_invoice(self) -> Invoice | None:
        """Its oldest invoice that waits to be paid."""
        return next((one for one in reversed(self.bills) if one.status == "open"), None)


def owed(invoice: Invoice) -> str:
    """Return what an invoice is over, as people read it."""
    return Money(invoice.total_minor, invoice.currency).format("en")


def find(session: Session, publisher_id: int, reader_id: int) -> Reader:
    """Return a publisher's reader; raises NotFound for everybody else's."""
    reader = reader_by_id(session, publisher_id, reader_id) if reader_id <= _LARGEST_ID else None
    if reader is None:
        raise NotFound("There is no such reader.")
    return reader


def read_facts(
    session: Session, publisher: Profile, reader_id: int, now: datetime, before: datetime | None = None
) -> Facts:
    """Return what is known of a publisher's reader, what happened only of before a moment, if any; raises NotFound."""
    reader = find(session, publisher.id, reader_id)
    subscriptions, invoices = subscriptions_of(session, reader_id), invoices_of_reader(session, reader_id)
    answers = latest_answers(session, reader_id, _READ, before)
    return Facts(
        publisher=publisher,
        reader=reader,
        now=now,
        subscriptions=subscriptions,
        invoices=invoices,
        moved=movements_on(session, [one.stripe_id for one in invoices[:MOST]], _READ, before),
        rights=rows_of(session, reader_id),
        devices=devices(session, reader_id),
        mails=outbox.mails_to(session, publisher.id, reader.email, _READ, before),
        events=latest_events(session, reader_id, _READ, before),
        deeds=audit.entries_about(session, publisher.id, _subjects(reader_id, subscriptions, invoices), _READ, before),
        answers=answers,
        notes=notes_of(session, publisher.id, reader_id),
        staff={one.staff.actor: one.email for one in colleagues(session, publisher.id)},
        plans=_plans(session, publisher.id),
        articles=named(session, publisher.id, {one.article_id for one in answers}),
        before=before,
    )


def _subjects(reader_id: int, subscriptions: Sequence[Subscription], invoices: Sequence[Invoice]) -> list[str]:
    paid = [f"invoice:{one.stripe_id}" for one in invoices[:MOST]]
    return [f"reader:{reader_id}", *(f"subscription:{one.stripe_id}" for one in subscriptions[:MOST]), *paid]


def _plans(session: Session, publisher_id: int) -> dict[str, str]:
    plans = plans_with_archived(session, publisher_id)
    return {price.lookup_key: plan.name for plan in plans for price in plan.prices}
