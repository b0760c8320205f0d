"""From a record to a row that can be applied, or to its problems: all of them, not only the first."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

from paywall.importing.judging import cells
from paywall.importing.judging.cells import BadCell
from paywall.importing.judging.days import NEVER, end_in
from paywall.importing.mapping.columns import Columns, Field, Mapping
from paywall.importing.reading.sheet import Record

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """One subscriber. `ends_at` is exclusive, aware UTC; None where the file gives no end."""

    line: int
    email: str
    email_normalized: str
    plan: str
    source: str
    ends_at: datetime | None
    customer_id: str
    subscription_id: str
    amount_minor: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where: the line is counted from 1, the column is named as the file does; empty for the line."""

    line: int
    column: str
    sentence: str


@dataclass(frozen=True)
class Judge:
    """Judges the records of one file; `zone` is the publisher's."""

    mapping: Mapping
    columns: Columns
    zone: str

    def judge(self, record: Record) -> Row | list[Problem]:
        """Return what the record says, or all that is wrong with it."""
        wanted, found = len(self.columns.headers), len(record.cells)
        if wanted != found:
            cells_ = "1 cell" if found == 1 else f"{found} cells"
            return [Problem(record.line, "", f"This line has {cells_}, the header has {wanted}.")]
        return _Reading(self, record).result()


@dataclass
class _Reading:
    judge: Judge
    record: Record
    problems: list[Problem] = field(default_factory=list)

    def result(self) -> Row | list[Problem]:
        address = self._take(Field.ADDRESS, cells.address)
        self._take(Field.NAME, cells.words)  # accounts have no name: it is looked at and not kept
        row = partial(
            Row,
            line=self.record.line,
            plan=self._take(Field.PLAN, cells.words) or "",
            source=self._take(Field.SOURCE, cells.words) or "",
            ends_at=self._end(),
            customer_id=self._id(Field.CUSTOMER, "cus"),
            subscription_id=self._id(Field.SUBSCRIPTION, "sub"),
            amount_minor=self._take(Field.AMOUNT, cells.amount) if self._text(Field.AMOUNT)[0] else None,
            currency=(self._take(Field.CURRENCY, cells.currency) or "") if self._text(Field.CURRENCY)[0] else "",
        )
        if self.problems or address is None:
            return self.problems
        return row(email=address.kept, email_normalized=address.normalized)

    def _end(self) -> datetime | None:
        """Return the end that counts: none for who has lapsed; the last of days for who reads free, without one."""
        mapping, (text, _) = self.judge.mapping, self._text(Field.ENDS)
        if self._text(Field.STATUS)[0].casefold() in mapping.lapsed:
            return None
        if text.casefold() in mapping.never:
            return NEVER
        if not text:
            return NEVER if self._text(Field.FREE)[0].casefold() in mapping.yes else None
        return self._take(Field.ENDS, partial(end_in, zone=self.judge.zone))

    def _id(self, what: Field, kind: str) -> str:
        places = self.judge.columns.places.get(what, ())
        if what in self.judge.mapping.picks:
            return next(filter(None, (cells.picked_id(self.record.cells[place], kind) for place in places)), "")
        return (self._take(what, partial(cells.stripe_id, kind=kind)) or "") if self._text(what)[0] else ""

    def _take(self, what: Field, read: Callable[[str], T]) -> T | None:
        text, column = self._text(what)
        try:
            return read(text)
        except BadCell as bad:
            self.problems.append(Problem(self.record.line, column, str(bad)))
            return None

    def _text(self, what: Field) -> tuple[str, str]:
        """Return a field's text and its column's header: of several columns the first that is not empty."""
        places = self.judge.columns.places.get(what, ())
        for place in places:
            text = self.record.cells[place].strip(" ")
            if text and text.casefold() not in self.judge.mapping.nothing:
                return text, self.judge.columns.headers[place]
        return "", self.judge.columns.headers[places[0]] if places else what.value
