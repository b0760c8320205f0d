"""Undoing an import: what it made is taken back, what has changed since stays, and is said so line by line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from paywall import audit, clock
from paywall.billing.subscriptions.adopting import buyers_among, let_go
from paywall.database import Database
from paywall.entitlements.granting import Grant, end_entitlements, set_entitlements
from paywall.entitlements.reading import entitlements_among
from paywall.entitlements.rules import Entitlement, Source
from paywall.importing.carrying_out.steps import take_all, take_step
from paywall.importing.foreseeing import Outcome
from paywall.importing.rights import right_until, rights_among, source_id
from paywall.importing.runs import State
from paywall.importing.tables import Import, ImportRow
from paywall.readers.accounts import Erase
from paywall.readers.devices import signed_in_among
from paywall.readers.finding import hold_readers, readers_among
from paywall.readers.tables import Reader

RIGHT_CHANGED = "The right to read was changed since; it stays."
CUSTOMER_STAYS = "A subscription came with the customer at Stripe; both stay."
ACCOUNT_STAYS = "The account has been used since; it stays."


def undo_some(database: Database, import_id: int, erase: Erase) -> int:
    """Take back what the next rows of an import made; returns how many rows there were. As `apply_some` does it.

    Accounts that nobody has used are erased by `erase`.
    """
    return take_step(
        database, import_id, State.UNDOING, lambda session, run, rows: _Step(session, run, erase).undo(rows)
    )


def undo_all(
    database: Database, import_id: int, erase: Erase, on_rows: Callable[[int], None] = lambda _count: None
) -> None:
    """Undo an import to its end; `on_rows` is told after each step how many rows it had."""
    take_all(lambda: undo_some(database, import_id, erase), on_rows)


@dataclass(frozen=True, slots=True)
class _Line:
    """A row, and whose it is."""

    row: ImportRow
    reader: Reader


@dataclass(frozen=True)
class _Step:
    """Some rows, in one transaction, and in few statements: each asks or writes something for all of them."""

    session: Session
    run: Import
    erase: Erase

    def undo(self, rows: Sequence[ImportRow]) -> None:
        """Take back what can be, and note in each row what is left; of who was erased since, nothing is."""
        lines = self._lines(rows)
        left = (
            (RIGHT_CHANGED, self._rights([line for line in lines if line.row.set_right])),
            (CUSTOMER_STAYS, self._customers([line for line in lines if line.row.set_customer])),
            (ACCOUNT_STAYS, self._accounts([line for line in lines if line.row.outcome == Outcome.OPENED.value])),
        )
        for row in rows:
            row.note = " ".join(sentence for sentence, numbers in left if row.line in numbers)
            row.state = "kept" if row.note else "undone"
        for line in lines:
            self._tell(line)

    def _lines(self, rows: Sequence[ImportRow]) -> list[_Line]:
        numbers = [row.reader_id for row in rows if row.reader_id is not None]
        living = hold_readers(self.session, numbers)
        readers = readers_among(self.session, self.run.publisher_id, living)
        return [_Line(row, readers[row.reader_id]) for row in rows if row.reader_id in readers]

    def _rights(self, lines: Sequence[_Line]) -> set[int]:
        """Take rights back, or their ends to where they were; returns the lines whose right was changed since."""
        now, rights = clock.now(), rights_among(self.session, [line.reader.id for line in lines])
        ours = {line.reader.id: line.row for line in lines if _is_as_given(rights.get(line.reader.id), line.row)}
        before = {who: row.before_until for who, row in ours.items() if row.before_until and row.before_until > now}
        ended = [source_id(who) for who in ours if who not in before]
        end_entitlements(self.session, Source.IMPORT, ended, now)
        moved = [Grant(self.run.publisher_id, right_until(who, end)) for who, end in before.items()]
        set_entitlements(self.session, moved)
        return {line.row.line for line in lines if ours.get(line.reader.id) is not line.row}

    def _customers(self, lines: Sequence[_Line]) -> set[int]:
        """Let customers go; returns the lines whose customer stays."""
        gone = let_go(self.session, {line.reader.id: line.row.customer_id for line in lines})
        return {line.row.line for line in lines if line.reader.id not in gone}

    def _accounts(self, lines: Sequence[_Line]) -> set[int]:
        """Erase the accounts that nobody has used; returns the lines whose account stays."""
        used = self._used([line.reader for line in lines])
        self.erase(self.session, [line.reader for line in lines if line.reader.id not in used])
        return {line.row.line for line in lines if line.reader.id in used}

    def _used(self, readers: Sequence[Reader]) -> set[int]:
        """Return with whose accounts somebody has done anything since they were opened without a password."""
        now, ids = clock.now(), [reader.id for reader in readers]
        touched = {one.id for one in readers if one.password or one.confirmed_at or one.is_staff}
        rights = entitlements_among(self.session, ids).items()
        reading = {who for who, theirs in rights if any(right.grants_access(now) for right in theirs)}
        return touched | reading | buyers_among(self.session, ids) | signed_in_among(self.session, ids)

    def _tell(self, line: _Line) -> None:
        row = line.row
        if row.outcome in (Outcome.OPENED.value, Outcome.CHANGED.value):
            detail = {"import": self.run.id, "line": row.line, "left": row.note}
            about = f"reader:{line.reader.id}"
            audit.write(self.session, self.run.publisher_id, self.run.actor, "reader_import_undone", about, **detail)


def _is_as_given(right: Entitlement | None, row: ImportRow) -> bool:
    return right is not None and right.valid_until == row.ends_at and not right.suspended
