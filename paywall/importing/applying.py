"""Applying an import: some rows in each transaction, each row once, from wherever the last one stopped.

What a row has done and that it is done are written in one transaction, and whoever carries an import on holds it
first: so a crash at any point loses nothing and doubles nothing, and two who carry it on take turns.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall import audit, clock
from paywall.billing.subscriptions.adopting import adopt_customer, look_at
from paywall.database import Database
from paywall.entitlements.granting import Grant, set_entitlement
from paywall.entitlements.reading import entitlements_of
from paywall.entitlements.rules import Entitlement, Source, Standing
from paywall.importing.foreseeing import Outcome, source_id
from paywall.importing.letters import send_letter
from paywall.importing.runs import State
from paywall.importing.tables import Import, ImportRow
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import Profile
from paywall.readers.accounts import open_account
from paywall.readers.email_address import EmailAddress
from paywall.readers.finding import reader_by_email
from paywall.readers.tables import Reader

BATCH = 100
"""Rows in one transaction: the writer's lock of SQLite is held for a few tenths of a second."""


def apply_some(database: Database, import_id: int, base_url: str) -> int:
    """Apply the next rows of an import, and say that it is applied after the last; returns how many rows there were.

    Does nothing for an import that is not being applied. `base_url` lends its scheme to the links of letters.
    """
    with database.writing() as session:
        run = held(session, import_id, State.APPLYING)
        if run is None:
            return 0
        step, rows = _Step(session, run, base_url), next_rows(session, import_id, "waiting")
        for row in rows:
            step.apply(row)
        if not rows:
            run.state, run.applied_at = State.APPLIED.value, clock.wall()
        return len(rows)


def apply_all(
    database: Database, import_id: int, base_url: str, on_rows: Callable[[int], None] = lambda _count: None
) -> None:
    """Apply an import to its end; `on_rows` is told after each step how many rows it had."""
    while count := apply_some(database, import_id, base_url):
        on_rows(count)


def held(session: Session, import_id: int, state: State) -> Import | None:
    """Return an import in that state, held against everybody else who carries it on."""
    which = (Import.id == import_id, Import.state == state.value)
    return session.scalar(select(Import).where(*which).with_for_update())


def next_rows(session: Session, import_id: int, state: str) -> list[ImportRow]:
    """Return the next rows in that state, by line."""
    waiting = (ImportRow.import_id == import_id, ImportRow.state == state)
    return list(session.scalars(select(ImportRow).where(*waiting).order_by(ImportRow.line).limit(BATCH)))


@dataclass(frozen=True)
class _Step:
    """Some rows, in one transaction."""

    session: Session
    run: Import
    base_url: str

    def apply(self, row: ImportRow) -> None:
        """Do what a row says, and note in it what that was."""
        reader, is_new = self._reader(row)
        row.reader_id, row.state, row.email, row.email_normalized = reader.id, "done", "", ""
        if not is_new and self.run.existing == "skip":
            row.outcome = Outcome.SKIPPED.value
            return
        changed = _give(self.session, self.run, row, reader, clock.now())
        row.outcome = (Outcome.OPENED if is_new else Outcome.CHANGED if changed else Outcome.UNCHANGED).value
        if is_new and changed and self.run.has_letters:
            send_letter(self.session, self.publisher, self.base_url, reader, self.run.id)
        if is_new or changed:
            self._tell(row, reader)

    @cached_property
    def publisher(self) -> Profile:
        """The newspaper that letters speak for."""
        return read_profile(self.session, self.run.publisher_id)

    def _reader(self, row: ImportRow) -> tuple[Reader, bool]:
        address = EmailAddress(row.email, row.email_normalized)
        opened = open_account(self.session, self.run.publisher_id, address, None)
        found = opened or reader_by_email(self.session, self.run.publisher_id, address.normalized)
        assert found is not None, "an account that could not be opened is there"  # noqa: S101
        return found, opened is not None

    def _tell(self, row: ImportRow, reader: Reader) -> None:
        until = row.ends_at.isoformat() if row.set_right and row.ends_at else None
        detail = {"import": self.run.id, "line": row.line, "until": until}
        audit.write(
            self.session, self.run.publisher_id, self.run.actor, "reader_imported", f"reader:{reader.id}", **detail
        )


def _give(session: Session, run: Import, row: ImportRow, reader: Reader, now: datetime) -> bool:
    """Give a reader what the row says, and note what of it is new; returns whether anything is."""
    if row.ends_at is not None and row.ends_at > now:
        _give_right(session, run, row, reader, now)
    if row.customer_id:
        row.set_customer = adopt_customer(session, run.publisher_id, reader.id, row.customer_id, clock.wall())
    if row.subscription_id:
        look_at(session, row.subscription_id, f"import:{run.id}:{row.subscription_id}")
    return row.set_right or row.set_customer or bool(row.subscription_id)


def _give_right(session: Session, run: Import, row: ImportRow, reader: Reader, now: datetime) -> None:
    name, ends_at = source_id(reader.id), row.ends_at or now
    before = next((one for one in entitlements_of(session, reader.id) if one.source_id == name), None)
    if before and before.valid_until == ends_at:
        return
    row.set_right, row.before_until = True, before.valid_until if before and before.valid_until > now else None
    right = Entitlement(
        reader_id=reader.id,
        source=Source.IMPORT,
        source_id=name,
        standing=Standing.PAID_THROUGH,
        paid_through_at=ends_at,
        valid_until=ends_at,
        suspended=False,
    )
    set_entitlement(session, Grant(run.publisher_id, right, _reason(run, row)))


def _reason(run: Import, row: ImportRow) -> str:
    paid = f"{row.amount_minor} {row.currency}".strip() if row.amount_minor is not None else ""
    return " · ".join(one for one in (f"Import {run.id}", row.source or run.mapping, row.plan, paid) if one)
