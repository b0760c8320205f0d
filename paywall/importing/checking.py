"""The dry run: a file is read, judged and laid down line by line; nobody's access changes by it.

Lines are read and judged outside any transaction and stored in small batches, so a long file keeps nobody waiting and
needs no memory. A file is taken whole or not at all: one problem is enough to keep it from being applied.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import BinaryIO

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from paywall import audit, clock
from paywall.database import Database
from paywall.importing.asking_stripe import StripeCheck
from paywall.importing.foreseeing import foresee, stored, taken_ids
from paywall.importing.judging.rows import Judge, Problem, Row
from paywall.importing.mapping.columns import Mapping, columns_of
from paywall.importing.reading.refusing import FileRefused
from paywall.importing.reading.sheet import Record, Sheet, open_sheet
from paywall.importing.reading.text import look_at
from paywall.importing.runs import State, forget, forget_unapplied
from paywall.importing.tables import Import, ImportProblem, ImportRow
from paywall.publishers.rules import Profile

BATCH = 500
MOST_ROWS = 200_000
"""A file has no more lines below its header."""
MOST_PROBLEMS = 1_000
"""So many are kept; all are counted."""


@dataclass(frozen=True)
class Order:
    """What somebody wants to be imported, and how."""

    publisher: Profile
    mapping: Mapping
    actor: str
    existing: str = "update"
    """What happens to readers who have an account: `update` or `skip`."""
    stripe: StripeCheck | None = None


@dataclass(frozen=True)
class Opened:
    """A file whose bytes and header are in order."""

    digest: str
    sheet: Sheet
    judge: Judge


def open_file(file: BinaryIO, order: Order) -> Opened:
    """Look at a file before anything is stored; raises FileRefused."""
    digest = look_at(file)
    sheet = open_sheet(file)
    columns = columns_of(order.mapping, sheet.header.cells)
    return Opened(digest, sheet, Judge(order.mapping, columns, order.publisher.timezone))


def begin_check(session: Session, order: Order, opened: Opened) -> int:
    """Note that a file is being checked, and return the import's number; works in the caller's transaction."""
    run = Import(
        publisher_id=order.publisher.id,
        actor=order.actor,
        digest=opened.digest,
        mapping=order.mapping.slug,
        existing=order.existing,
        state=State.CHECKING.value,
        unknown_columns="\n".join(name[:100] for name in opened.judge.columns.unknown),
        checked_at=clock.wall(),
    )
    session.add(run)
    session.flush()
    audit.write(session, run.publisher_id, order.actor, "import_checked", f"import:{run.id}", **{"from": run.mapping})
    return run.id


def check(
    database: Database,
    import_id: int,
    order: Order,
    opened: Opened,
    on_line: Callable[[int], None] = lambda _line: None,
) -> None:
    """Lay down every line of a file; raises FileRefused for one that breaks off or is too long: its import is gone.

    What was checked long ago and never applied goes first.
    """
    forget_unapplied(database, clock.wall())
    records = _not_too_many(opened.sheet.records())
    try:
        while judged := [opened.judge.judge(record) for record in islice(records, BATCH)]:
            rows = [one for one in judged if isinstance(one, Row)]
            problems = [problem for one in judged if not isinstance(one, Row) for problem in one]
            problems += order.stripe.problems(rows) if order.stripe else []
            with database.writing() as session:
                _keep(session, import_id, rows, problems)
            on_line(rows[-1].line if rows else problems[-1].line)
        _finish(database, import_id)
    except FileRefused:
        forget(database, import_id)
        raise


def _not_too_many(records: Iterator[Record]) -> Iterator[Record]:
    for count, record in enumerate(records):
        if count == MOST_ROWS:
            raise FileRefused(
                f"A file has at most {MOST_ROWS:,} lines: split it, and send one after the other.", record.line
            )
        yield record


def _keep(session: Session, import_id: int, rows: Sequence[Row], problems: list[Problem]) -> None:
    run = session.get_one(Import, import_id)
    known, now = stored(session, run.publisher_id, rows), clock.now()
    for row in rows:
        problems += taken_ids(row, known)
    told = {"import_id": import_id, "state": "waiting", "set_right": False, "set_customer": False, "note": ""}
    values = [{**asdict(row), **told, "outcome": foresee(run, row, known, now).value} for row in rows]
    if values:
        session.execute(insert(ImportRow), values)
    run.row_count += len(rows)
    _note(session, run, problems)


def _note(session: Session, run: Import, problems: Iterable[Problem]) -> None:
    for problem in problems:
        if run.problem_count < MOST_PROBLEMS:
            session.add(ImportProblem(import_id=run.id, **{**asdict(problem), "column": problem.column[:100]}))
        run.problem_count += 1


def _finish(database: Database, import_id: int) -> None:
    """Note what a file says twice; it is looked for before anything is locked, since that takes a while."""
    with database.reading() as session:
        twice = _said_twice(session, import_id)
        noted, more = list(islice(twice, MOST_PROBLEMS)), sum(1 for _ in twice)
    with database.writing() as session:
        run = session.get_one(Import, import_id)
        _note(session, run, noted)
        run.problem_count += more
        run.state = State.CHECKED.value


def _said_twice(session: Session, import_id: int) -> Iterator[Problem]:
    for column, name in (
        (ImportRow.email_normalized, "address"),
        (ImportRow.customer_id, "customer"),
        (ImportRow.subscription_id, "subscription"),
    ):
        again = select(func.min(ImportRow.line), func.max(ImportRow.line)).where(
            ImportRow.import_id == import_id, column != ""
        )
        twice = session.execute(again.group_by(column).having(func.count() > 1).order_by(func.min(ImportRow.line)))
        for first, last in twice:
            yield Problem(last, name, f"The same {name} is on line {first}.")
