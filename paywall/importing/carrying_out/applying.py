"""Applying an import: each row opens an account where there is none, and gives it what the file says."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from paywall import audit, clock
from paywall.billing.subscriptions.adopting import adopt_customers, holders_of, look_at
from paywall.database import Database
from paywall.entitlements.granting import Grant, set_entitlements
from paywall.importing.carrying_out.letters import send_letters
from paywall.importing.carrying_out.steps import take_all, take_step
from paywall.importing.foreseeing import Outcome
from paywall.importing.rights import right_until, rights_among
from paywall.importing.runs import State
from paywall.importing.tables import Import, ImportRow
from paywall.readers.accounts import open_accounts, take_unproved_back
from paywall.readers.email_address import EmailAddress
from paywall.readers.finding import hold_readers, readers_by_email
from paywall.readers.tables import Reader


def apply_some(database: Database, import_id: int, base_url: str) -> int:
    """Apply the next rows of an import, and say that it is applied after the last; returns how many rows there were.

    Does nothing for an import that is not being applied. `base_url` lends its scheme to the links of letters.
    """
    return take_step(
        database, import_id, State.APPLYING, lambda session, run, rows: _Step(session, run, base_url).apply(rows)
    )


def apply_all(
    database: Database, import_id: int, base_url: str, on_rows: Callable[[int], None] = lambda _count: None
) -> None:
    """Apply an import to its end; `on_rows` is told after each step how many rows it had."""
    take_all(lambda: apply_some(database, import_id, base_url), on_rows)


@dataclass(frozen=True, slots=True)
class _Line:
    """A row, whose it is, and whether it has just opened the account."""

    row: ImportRow
    reader: Reader
    is_new: bool


@dataclass(frozen=True)
class _Step:
    """Some rows, in one transaction, and in few statements: each asks or writes something for all of them."""

    session: Session
    run: Import
    base_url: str

    def apply(self, rows: Sequence[ImportRow]) -> None:
        """Do what the rows say, and note in each what that was."""
        lines = self._lines(rows)
        hold_readers(self.session, [line.reader.id for line in lines])  # first: to refer to a reader is a lock, too
        wanted = [line for line in lines if line.is_new or self.run.existing != "skip"]
        grants = self._rights(wanted)
        self._ids(wanted)
        taken_back = take_unproved_back(self.session, self._given(wanted))
        for line in lines:
            self._close(line)
        if self.run.has_letters:
            self._send_letters(wanted, taken_back)
        for line in wanted:
            self._tell(line, is_taken_back=line.reader.id in taken_back)
        set_entitlements(self.session, grants)

    def _lines(self, rows: Sequence[ImportRow]) -> list[_Line]:
        addresses = [EmailAddress(row.email, row.email_normalized) for row in rows]
        new = open_accounts(self.session, self.run.publisher_id, addresses)
        readers = readers_by_email(self.session, self.run.publisher_id, [one.normalized for one in addresses])
        return [_Line(row, readers[row.email_normalized], row.email_normalized in new) for row in rows]

    def _rights(self, lines: Sequence[_Line]) -> list[Grant]:
        """Note in the rows which rights are new or end elsewhere than before, and return these."""
        now = clock.now()
        giving = [line for line in lines if line.row.ends_at is not None and line.row.ends_at > now]
        rights = rights_among(self.session, [line.reader.id for line in giving])
        before = {reader_id: right.valid_until for reader_id, right in rights.items()}
        moving = [line for line in giving if before.get(line.reader.id) != line.row.ends_at]
        for line in moving:
            end = before.get(line.reader.id)
            line.row.set_right, line.row.before_until = True, end if end and end > now else None
        return [self._grant(line, line.row.ends_at or now) for line in moving]

    def _grant(self, line: _Line, end: datetime) -> Grant:
        return Grant(self.run.publisher_id, right_until(line.reader.id, end), _reason(self.run, line.row))

    def _ids(self, lines: Sequence[_Line]) -> None:
        customers = {line.reader.id: line.row.customer_id for line in lines if line.row.customer_id}
        adopted = adopt_customers(self.session, self.run.publisher_id, customers, clock.wall())
        for line in lines:
            line.row.set_customer = line.reader.id in adopted
        numbers = [line.row.subscription_id for line in lines if line.row.subscription_id]
        look_at(self.session, {f"import:{self.run.id}:{number}": number for number in numbers})

    def _given(self, lines: Sequence[_Line]) -> list[int]:
        """Return the readers to whom their lines give what they had not."""
        named = {line.row.subscription_id for line in lines if line.row.subscription_id}
        new = named - holders_of(self.session, named).keys()
        rows = [(line.reader.id, line.row) for line in lines]
        return [who for who, row in rows if row.set_right or row.set_customer or row.subscription_id in new]

    def _close(self, line: _Line) -> None:
        row = line.row
        row.reader_id, row.state, row.email, row.email_normalized = line.reader.id, "done", "", ""
        if not line.is_new and self.run.existing == "skip":
            row.outcome = Outcome.SKIPPED.value
        else:
            outcome = Outcome.OPENED if line.is_new else Outcome.CHANGED if _gives(row) else Outcome.UNCHANGED
            row.outcome = outcome.value

    def _send_letters(self, lines: Sequence[_Line], taken_back: Collection[int]) -> None:
        strangers = [line for line in lines if line.is_new or line.reader.id in taken_back]
        given = [line.reader for line in strangers if _gives(line.row)]
        send_letters(self.session, self.run, self.base_url, given)

    def _tell(self, line: _Line, *, is_taken_back: bool) -> None:
        row = line.row
        if line.is_new or _gives(row):
            until = row.ends_at.isoformat() if row.set_right and row.ends_at else None
            detail = {"import": self.run.id, "line": row.line, "until": until}
            if is_taken_back:
                detail["password"] = "to be set anew: the address was never confirmed"  # noqa: S105 - none
            about = f"reader:{line.reader.id}"
            audit.write(self.session, self.run.publisher_id, self.run.actor, "reader_imported", about, **detail)


def _gives(row: ImportRow) -> bool:
    return row.set_right or row.set_customer or bool(row.subscription_id)


def _reason(run: Import, row: ImportRow) -> str:
    paid = f"{row.amount_minor} {row.currency}".strip() if row.amount_minor is not None else ""
    return " · ".join(one for one in (f"Import {run.id}", row.source or run.mapping, row.plan, paid) if one)
