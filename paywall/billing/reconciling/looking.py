"""A closer look at one subscription that may have drifted: what a sync changes in our books is what had drifted.

Nothing is called drift of a subscription of which an event waits; it is synced all the same, since that event may tell
less than has happened. A dry run stores the same picture and takes it back.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog import get_logger

from paywall.billing.ledger.tables import Dispute, Payment, Refund
from paywall.billing.letters.sheet import Post
from paywall.billing.parts import Billing
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.billing.syncing.fetching import fetch
from paywall.billing.syncing.ownership import Owner, owner_of
from paywall.billing.syncing.storing import SecondLive, store
from paywall.billing.syncing.sync import sync_subscription
from paywall.billing.trials.taking import TrialRefused
from paywall.billing.webhooks import inbox
from paywall.database import Base
from paywall.entitlements.rules import Source
from paywall.entitlements.tables import EntitlementRow
from paywall.errors import PaywallError

log = get_logger()
NOT_THERE = "not there"
REPAIRED, REPORTED = "repaired", "reported"
_OF_NO_CONCERN = {"id", "synced_at", "hosted_url", "pdf_url", "publisher_id", "reason"}

Books = Mapping[str, Mapping[str, Any]]
"""What is stored of a subscription: by the name of each thing, its columns."""


@dataclass(frozen=True, slots=True)
class Drift:
    """Something that was not as Stripe has it; `what` names the thing, `ours` and `theirs` are words for people."""

    subject: str
    what: str
    ours: str
    theirs: str
    outcome: str


def look(billing: Billing, stripe_id: str, *, dry_run: bool) -> list[Drift]:
    """Return what has drifted of a subscription, repaired unless `dry_run`; empty where an event still waits."""
    with billing.database.reading() as session:
        event_waits, before = bool(inbox.note_open(session, stripe_id)), books_of(session, stripe_id)
    if event_waits and dry_run:
        return []
    try:
        after = _as_it_would_be(billing, stripe_id) if dry_run else _as_it_became(billing, stripe_id)
    except PaywallError as error:
        log.error("drift could not be repaired", alarm=True, subscription=stripe_id, code=error.code)  # noqa: TRY400
        return [Drift(stripe_id, "subscription", _words(before.get("subscription")), "not known", error.code)]
    return [] if event_waits else list(_differences(stripe_id, before, after, REPORTED if dry_run else REPAIRED))


def books_of(session: Session, stripe_id: str) -> Books:
    """Return all that is stored of a subscription."""
    invoices = session.scalars(select(Invoice).where(Invoice.subscription_id == stripe_id)).all()
    ids = [invoice.stripe_id for invoice in invoices]
    movements: list[Any] = [
        row
        for table in (Payment, Refund, Dispute)
        for row in session.scalars(select(table).where(table.invoice_id.in_(ids)))
    ]
    subscription = session.scalar(select(Subscription).where(Subscription.stripe_id == stripe_id))
    held = (EntitlementRow.source == Source.SUBSCRIPTION.value) & (EntitlementRow.source_id == stripe_id)
    books = {f"{row.__tablename__[:-1]} {row.stripe_id}": _columns(row) for row in [*invoices, *movements]}
    for name, row in (
        ("subscription", subscription),
        ("entitlement", session.scalar(select(EntitlementRow).where(held))),
    ):
        if row is not None:
            books[name] = _columns(row)
    return books


def _as_it_became(billing: Billing, stripe_id: str) -> Books:
    sync_subscription(billing, stripe_id, with_money_back=True)
    with billing.database.reading() as session:
        return books_of(session, stripe_id)


class _TakenBack(Exception):
    """Nothing of this is to be kept."""


def _as_it_would_be(billing: Billing, stripe_id: str) -> Books:
    picture = fetch(billing, stripe_id, (), with_money_back=True)
    after: Books = {}
    with suppress(_TakenBack), billing.database.writing() as session:
        owner = owner_of(session, picture.subscription)
        try:
            if isinstance(owner, Owner):
                store(session, picture, owner, Post(billing.base_url, billing.links))
            after = books_of(session, stripe_id)
        except (SecondLive, TrialRefused):
            after = {"subscription": {"status": picture.subscription.status}}
        raise _TakenBack
    return after


def _columns(row: Base) -> dict[str, Any]:
    return {one.key: getattr(row, one.key) for one in row.__table__.columns if one.key not in _OF_NO_CONCERN}


def _differences(stripe_id: str, before: Books, after: Books, outcome: str) -> Iterator[Drift]:
    for what in sorted(before.keys() | after.keys(), key=lambda name: (name != "subscription", name)):
        ours, theirs = before.get(what), after.get(what)
        if ours != theirs:
            names = [name for name in ours or () if ours and theirs and ours[name] != theirs.get(name)]
            yield Drift(stripe_id, what, _words(ours, names), _words(theirs, names), outcome)


def _words(columns: Mapping[str, Any] | None, names: Sequence[str] = ()) -> str:
    """Return these columns in words; without names how the whole stands."""
    if columns is None:
        return NOT_THERE
    if not names:
        return str(columns.get("status") or columns.get("standing") or "there")
    return ", ".join(f"{name} {_value(columns.get(name))}" for name in names)


def _value(value: object) -> str:
    return "none" if value is None else f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "strftime") else str(value)
