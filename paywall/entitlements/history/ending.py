"""Rights that run out because time passes: nobody does anything, and it is noted all the same."""

from datetime import datetime

from sqlalchemy import false, select

from paywall.database import Database
from paywall.entitlements.history.noting import note_end
from paywall.entitlements.tables import EntitlementRow
from paywall.readers.finding import hold_reader

_AT_ONCE = 500


def note_ends(database: Database, now: datetime) -> int:
    """Note every right that has run out by `now` (business time) and of which nobody was told; returns how many.

    Each in a transaction of its own; several processes may do this at once.
    """
    noted = 0
    while found := _run_out(database, now):
        noted += sum(_note(database, *one, now) for one in found)
    return noted


def _run_out(database: Database, now: datetime) -> list[tuple[int, int]]:
    which = (EntitlementRow.end_is_told == false(), EntitlementRow.valid_until <= now)
    query = select(EntitlementRow.reader_id, EntitlementRow.id).where(*which)
    with database.reading() as session:
        return [(row[0], row[1]) for row in session.execute(query.order_by(EntitlementRow.valid_until).limit(_AT_ONCE))]


def _note(database: Database, reader_id: int, row_id: int, now: datetime) -> bool:
    with database.writing() as session:
        hold_reader(session, reader_id)
        row = session.scalar(select(EntitlementRow).where(EntitlementRow.id == row_id).with_for_update())
        return row is not None and note_end(session, row, now)
