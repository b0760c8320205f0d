"""Comparing everything with Stripe, both ways, kind by kind and page by page.

Lists are quick and a moment old, so they only say where to look; what a closer look changes is drift. A comparison
that was stopped, or whose process ended, goes on from its last page.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

from sqlalchemy import delete, update
from structlog import get_logger

from paywall import clock
from paywall.billing.parts import Billing
from paywall.billing.reconciling import local, missing
from paywall.billing.reconciling.budget import READS_PER_SECOND, paced
from paywall.billing.reconciling.kinds import CUSTOMERS, KINDS, SUBSCRIPTIONS, Kind
from paywall.billing.reconciling.looking import NOT_THERE, REPAIRED, REPORTED, Drift, look
from paywall.billing.reconciling.pages import in_pages
from paywall.billing.reconciling.pointing import suspects
from paywall.billing.reconciling.tables import Comparison, DriftRow, Seen, last_comparison
from paywall.billing.snapshots.fields import Json
from paywall.billing.stripe_calls.asking import PAGE
from paywall.billing.syncing import lease
from paywall.database import insert_once
from paywall.entitlements.granting import end_entitlement
from paywall.entitlements.rules import Source
from paywall.errors import Unavailable

log = get_logger()
_RESUMED_FOR = timedelta(hours=20)
"""A comparison that was broken off longer ago begins anew."""

_LEASE_SECONDS = 30.0

Progress = Callable[[int], None]


@dataclass
class DriftReport:
    """What a comparison found: objects compared, foreign subscriptions passed over, what had drifted."""

    compared: int = 0
    foreign: int = 0
    drifts: list[Drift] = field(default_factory=list)
    is_finished: bool = True


@dataclass
class _Run:
    """A comparison under way."""

    billing: Billing
    row: Comparison
    dry_run: bool
    progress: Progress
    stop: Event
    report: DriftReport = field(default_factory=DriftReport)
    looked_at: set[str] = field(default_factory=set)

    def look(self, stripe_ids: Iterable[str]) -> None:
        """Look closer at subscriptions, at each once."""
        for stripe_id in stripe_ids:
            if stripe_id not in self.looked_at:
                self.looked_at.add(stripe_id)
                self.note(look(self.billing, stripe_id, dry_run=self.dry_run))

    def count_foreign(self) -> None:
        """Count a subscription that is none of ours."""
        self.report.foreign += 1

    def note(self, drifts: Iterable[Drift]) -> None:
        """Keep what was found."""
        for drift in drifts:
            self.report.drifts.append(drift)
            with self.billing.database.writing() as session:
                session.add(DriftRow(comparison_id=self.row.id, **_values(drift)))


class BeingCompared(Unavailable):
    """A comparison with Stripe is under way already. Wait until it has ended."""

    code = "being_compared"
    retry_after = 600


class _Stopped(Exception):
    """The comparison is to go on another time."""


def reconcile(
    billing: Billing,
    *,
    dry_run: bool = False,
    progress: Progress = lambda _compared: None,
    stop: Event | None = None,
    reads_per_second: float = READS_PER_SECOND,
) -> DriftReport:
    """Compare everything with Stripe and repair what differs unless `dry_run`.

    `progress` hears how many objects have been compared; `stop` breaks off after a page. Raises the situations of
    `stripe_errors` if a list fails, BeingCompared where another process compares; a subscription that can't be repaired
    is reported and doesn't stop the rest.
    """
    slow = paced(billing, reads_per_second)
    with _alone(billing) if not dry_run else nullcontext():
        run = _Run(slow, _begin(billing, dry_run=dry_run), dry_run, progress, stop or Event())
        run.report.compared, run.report.foreign = run.row.compared, run.row.foreign
        try:
            _compare(run)
        except _Stopped:
            run.report.is_finished = False
    return run.report


@contextmanager
def _alone(billing: Billing) -> Iterator[None]:
    """Keep other processes from comparing at the same time; raises BeingCompared where one is at it."""
    with billing.database.writing() as session:
        held = lease.claim(session, "comparison", _LEASE_SECONDS)
    if held is None:
        raise BeingCompared
    try:
        with lease.heartbeat(billing.database, held, _LEASE_SECONDS):
            yield
    finally:
        with billing.database.writing() as session:
            lease.free(session, held)


def _compare(run: _Run) -> None:
    for number in range(run.row.stage, len(KINDS)):
        _compare_kind(run, KINDS[number], number)
    _look_for_missing(run)
    _look_at_ourselves(run)
    _finish(run)


def _begin(billing: Billing, *, dry_run: bool) -> Comparison:
    now = clock.now()
    with billing.database.writing() as session:
        last = None if dry_run else last_comparison(session)
        if last is not None and last.finished_at is None and now - last.started_at < _RESUMED_FOR:
            return last
        row = Comparison(started_at=now, is_dry=dry_run, stage=0, compared=0, foreign=0)
        session.add(row)
        session.flush()
        return row


def _compare_kind(run: _Run, kind: Kind, number: int) -> None:
    position = run.row.position if run.row.stage == number else None
    listed = run.billing.gateway.iterate(kind.collection, expand=kind.expand, starting_after=position)
    for page in in_pages(listed, PAGE):
        _compare_page(run, kind, number, page)


def _compare_page(run: _Run, kind: Kind, number: int, page: Sequence[Json]) -> None:
    with run.billing.database.reading() as session:
        pointed_at = list(suspects(session, kind, page, run.count_foreign))
    run.look(pointed_at)
    run.report.compared += len(page)
    with run.billing.database.writing() as session:
        for found in page:
            insert_once(session, Seen, {"comparison_id": run.row.id, "stripe_id": found["id"]})
        counts = {"compared": run.report.compared, "foreign": run.report.foreign}
        here = update(Comparison).where(Comparison.id == run.row.id)
        session.execute(here.values(stage=number, position=page[-1]["id"], **counts))
    run.progress(run.report.compared)
    if run.stop.is_set():
        raise _Stopped


def _look_for_missing(run: _Run) -> None:
    for kind in KINDS:
        with run.billing.database.reading() as session:
            ids = missing.unseen(session, kind, run.row.id)
        if kind is SUBSCRIPTIONS:
            run.note(missing.look_for_subscriptions(run.billing, ids, dry_run=run.dry_run))
        elif kind is CUSTOMERS:
            run.note(missing.look_for_customers(run.billing, ids, dry_run=run.dry_run))
        else:
            run.note(missing.look_for_money(run.billing, kind, ids, dry_run=run.dry_run))


def _look_at_ourselves(run: _Run) -> None:
    run.look(local.suspects(run.billing.database))
    with run.billing.database.writing() as session:
        orphans = [row.source_id for row in local.orphaned_rights(session)]
        if not run.dry_run:
            for source_id in orphans:
                end_entitlement(session, Source.SUBSCRIPTION, source_id, clock.now())
    outcome = REPORTED if run.dry_run else REPAIRED
    run.note(Drift(source_id, "entitlement", "there", NOT_THERE, outcome) for source_id in orphans)


def _finish(run: _Run) -> None:
    with run.billing.database.writing() as session:
        session.execute(delete(Seen).where(Seen.comparison_id == run.row.id))
        values = {"finished_at": clock.now(), "foreign": run.report.foreign, "compared": run.report.compared}
        session.execute(update(Comparison).where(Comparison.id == run.row.id).values(**values))
    log.info("compared with Stripe", compared=run.report.compared, drifts=len(run.report.drifts))


def _values(drift: Drift) -> dict[str, str]:
    return {name: getattr(drift, name) for name in ("subject", "what", "ours", "theirs", "outcome")}
