"""Undoing an import: what it made is taken back, what has changed since stays, and is said so line by line."""

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from paywall import audit, clock
from paywall.billing.subscriptions.adopting import has_bought, let_go
from paywall.database import Database
from paywall.entitlements.granting import Grant, end_entitlement, set_entitlement
from paywall.entitlements.reading import entitlements_of
from paywall.entitlements.rules import Entitlement, Source, Standing
from paywall.importing.applying import held, next_rows
from paywall.importing.foreseeing import Outcome, source_id
from paywall.importing.runs import State
from paywall.importing.tables import Import, ImportRow
from paywall.readers.accounts import Erase
from paywall.readers.devices import devices
from paywall.readers.tables import Reader

RIGHT_CHANGED = "The right to read was changed since; it stays."
CUSTOMER_STAYS = "A subscription came with the customer at Stripe; both stay."
ACCOUNT_STAYS = "The account has been used since; it stays."


def undo_some(database: Database, import_id: int, erase: Erase) -> int:
    """Take back what the next rows of an import made; returns how many rows there were. As `apply_some` does it.

    Accounts that nobody has used are erased by `erase`.
    """
    with database.writing() as session:
        run = held(session, import_id, State.UNDOING)
        if run is None:
            return 0
        rows = next_rows(session, import_id, "done")
        for row in rows:
            _undo(session, run, row, erase)
        if not rows:
            run.state, run.undone_at = State.UNDONE.value, clock.wall()
        return len(rows)


def undo_all(
    database: Database, import_id: int, erase: Erase, on_rows: Callable[[int], None] = lambda _count: None
) -> None:
    """Undo an import to its end; `on_rows` is told after each step how many rows it had."""
    while count := undo_some(database, import_id, erase):
        on_rows(count)


def _undo(session: Session, run: Import, row: ImportRow, erase: Erase) -> None:
    reader = session.get(Reader, row.reader_id) if row.reader_id else None
    is_there = reader is not None and reader.active
    row.note = " ".join(_left(session, run, row, reader, erase)) if reader and is_there else ""
    row.state = "kept" if row.note else "undone"
    if row.outcome in (Outcome.OPENED.value, Outcome.CHANGED.value) and reader and is_there:
        detail = {"import": run.id, "line": row.line, "left": row.note}
        audit.write(session, run.publisher_id, run.actor, "reader_import_undone", f"reader:{reader.id}", **detail)


def _left(session: Session, run: Import, row: ImportRow, reader: Reader, erase: Erase) -> Iterator[str]:
    """Take back what can be, and yield a sentence for each thing that is left."""
    if row.set_right and not _take_right(session, run, row, reader, clock.now()):
        yield RIGHT_CHANGED
    if row.set_customer and not let_go(session, reader.id, row.customer_id):
        yield CUSTOMER_STAYS
    if row.outcome == Outcome.OPENED.value:
        if _is_used(session, reader):
            yield ACCOUNT_STAYS
        else:
            erase(session, reader)


def _take_right(session: Session, run: Import, row: ImportRow, reader: Reader, now: datetime) -> bool:
    name = source_id(reader.id)
    right = next((one for one in entitlements_of(session, reader.id) if one.source_id == name), None)
    if right is None or right.valid_until != row.ends_at or right.suspended:
        return False
    if row.before_until is None or row.before_until <= now:
        end_entitlement(session, Source.IMPORT, name, now)
    else:
        set_entitlement(session, Grant(run.publisher_id, _until(right, row.before_until)))
    return True


def _until(right: Entitlement, end: datetime) -> Entitlement:
    return Entitlement(right.reader_id, right.source, right.source_id, Standing.PAID_THROUGH, end, end, suspended=False)


def _is_used(session: Session, reader: Reader) -> bool:
    """Tell whether somebody has done anything with an account since it was opened without a password."""
    if reader.password or reader.confirmed_at or reader.is_staff or has_bought(session, reader.id):
        return True
    now, rights = clock.now(), entitlements_of(session, reader.id)
    return bool(devices(session, reader.id)) or any(one.grants_access(now) for one in rights)
