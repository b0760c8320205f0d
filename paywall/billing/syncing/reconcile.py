"""The long stop: what no event told us, found by comparing everything with Stripe, and repaired by the same sync.

`reconcile` compares all subscriptions both ways. The sweeps run by the clock: events that never reached us are fetched,
and renewing subscriptions that are about to run out are carried over while Stripe can't tell us that they were paid.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog import get_logger

from paywall import audit
from paywall.billing.parts import Billing
from paywall.billing.snapshots.subscription import SubscriptionSnapshot, read_subscription
from paywall.billing.subscriptions.status import ENDED, OUTAGE_SLACK, RENEWAL_SLACK, Status
from paywall.billing.subscriptions.tables import Subscription
from paywall.billing.syncing.ownership import owner_of
from paywall.billing.syncing.sync import sync_subscription
from paywall.billing.webhooks import inbox
from paywall.billing.webhooks.incoming import Note
from paywall.entitlements.rules import Source
from paywall.entitlements.tables import EntitlementRow
from paywall.errors import PaywallError

log = get_logger()
_SWEPT_BACK = timedelta(days=29)
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Drift:
    """One subscription that was not as Stripe has it; `ours` and `theirs` are words for people."""

    stripe_id: str
    ours: str
    theirs: str
    outcome: str


@dataclass
class DriftReport:
    """What a reconciliation found."""

    checked: int = 0
    foreign: int = 0
    drifts: list[Drift] = field(default_factory=list)


def reconcile(billing: Billing, *, dry_run: bool = False, progress: Progress = lambda _: None) -> DriftReport:
    """Compare every subscription at Stripe with ours, and ours with Stripe; repair what differs unless `dry_run`.

    `progress` hears how many have been checked. Raises the situations of `stripe_errors` if the listing fails; a
    single subscription that can't be repaired is reported and doesn't stop the rest.
    """
    report = DriftReport()
    known = _ours(billing)
    for found in billing.gateway.iterate_subscriptions():
        snapshot = read_subscription(found)
        ours = known.pop(snapshot.stripe_id, None)
        _compare(billing, report, snapshot, ours, dry_run=dry_run)
        report.checked += 1
        progress(report.checked)
    for stripe_id, ours in known.items():
        outcome = "reported" if dry_run else _repair(billing, stripe_id)
        report.drifts.append(Drift(stripe_id, _words(ours), "not there", outcome))
    return report


def extend_expiring(billing: Billing, now: datetime) -> int:
    """Carry renewing subscriptions that are about to run out over to 72 h after what is paid; returns how many.

    To be called only while Stripe can't be reached or the inbox is behind: the next sync sets what is true again.
    """
    with billing.database.writing() as session:
        rows = list(_expiring(session, now))
        for row in rows:
            row.valid_until += OUTAGE_SLACK - RENEWAL_SLACK
            subject = f"subscription:{row.source_id}"
            until = row.valid_until.isoformat()
            audit.write(session, row.publisher_id, "sweep", "renewal_extended", subject, until=until)
        return len(rows)


def sweep_undelivered_events(billing: Billing, now: datetime) -> int:
    """Fetch the events of the last 29 days that no endpoint has taken, into the inbox; returns how many were new."""
    since = int((now - _SWEPT_BACK).timestamp())
    new = 0
    for event in billing.gateway.list_events(delivery_success=False, created_since=since):
        with billing.database.writing() as session:
            new += inbox.receive(session, event, livemode=billing.gateway.is_live)
    if new:
        billing.wake.set()
    return new


def sweep(billing: Billing, now: datetime, wall: datetime) -> None:
    """Do what is due every five minutes: fetch what was missed, carry over what can't be known, forget the old."""
    try:
        sweep_undelivered_events(billing, now)
        reachable = True
    except PaywallError as error:
        log.warning("events could not be swept", code=error.code)
        reachable = False
    with billing.database.reading() as session:
        behind = inbox.is_behind(session, wall)
    if behind or not reachable:
        extend_expiring(billing, now)
    with billing.database.writing() as session:
        inbox.sweep(session, wall)


def _ours(billing: Billing) -> dict[str, Subscription]:
    with billing.database.reading() as session:
        return {row.stripe_id: row for row in session.scalars(select(Subscription))}


def _compare(
    billing: Billing, report: DriftReport, theirs: SubscriptionSnapshot, ours: Subscription | None, *, dry_run: bool
) -> None:
    if ours is not None and _facts(ours) == _facts(theirs):
        return
    if ours is None and _is_foreign(billing, theirs):
        report.foreign += 1
        return
    outcome = "reported" if dry_run else _repair(billing, theirs.stripe_id)
    report.drifts.append(Drift(theirs.stripe_id, _words(ours), _words(theirs), outcome))


def _is_foreign(billing: Billing, theirs: SubscriptionSnapshot) -> bool:
    with billing.database.reading() as session:
        owner = owner_of(session, theirs)
    if owner is Note.READER_ERASED:
        return theirs.status in ENDED  # a live one must be ended
    return isinstance(owner, Note)


def _facts(one: Subscription | SubscriptionSnapshot) -> tuple[object, ...]:
    return (one.status, one.cancels_at, one.period_end_at, one.latest_invoice_id, one.collection_is_paused)


def _words(one: Subscription | SubscriptionSnapshot | None) -> str:
    if one is None:
        return "not there"
    return f"{one.status}, cancels {one.cancels_at:%Y-%m-%d}" if one.cancels_at else one.status


def _repair(billing: Billing, stripe_id: str) -> str:
    try:
        synced = sync_subscription(billing, stripe_id, with_money_back=True)
    except PaywallError as error:
        log.error("drift could not be repaired", alarm=True, subscription=stripe_id, code=error.code)  # noqa: TRY400
        return error.code
    return synced.note.value if synced.note else "repaired"


def _expiring(session: Session, now: datetime) -> Iterator[EntitlementRow]:
    """Yield what renewing subscriptions give for less than a day more, unless it has been carried over already."""
    query = (
        select(EntitlementRow)
        .join(Subscription, Subscription.stripe_id == EntitlementRow.source_id)
        .where(
            EntitlementRow.source == Source.SUBSCRIPTION.value,
            EntitlementRow.valid_until > now,
            EntitlementRow.valid_until <= now + RENEWAL_SLACK,
            Subscription.status.in_([Status.ACTIVE.value, Status.TRIALING.value]),
            Subscription.cancels_at.is_(None),
        )
    )
    for row in session.scalars(query.with_for_update(of=EntitlementRow)):
        if row.paid_through_at and row.valid_until == row.paid_through_at + RENEWAL_SLACK:
            yield row
