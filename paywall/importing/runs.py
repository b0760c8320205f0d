"""An import from its first line to its end: which there are, how each stands, how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from paywall import audit, clock
from paywall.database import Database
from paywall.errors import NotFound, PaywallError
from paywall.importing.tables import Import, ImportProblem, ImportRow

KEPT_UNAPPLIED = timedelta(days=1)
"""How long the addresses of a file that was checked and not applied are kept."""
SHOWN = 200
DELETED_AT_ONCE = 5_000


class State(StrEnum):
    """Where an import stands."""

    CHECKING = "checking"
    CHECKED = "checked"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"


class AnotherRuns(PaywallError):
    """Another import is just being applied or undone. Wait until it is done."""

    status = 409
    code = "another_import_runs"


class NotReady(PaywallError):
    """This import can't be applied or undone as it stands."""

    status = 409
    code = "import_not_ready"


class HasProblems(PaywallError):
    """This file has problems. Mend them in the file and send it again: a file is applied whole or not at all."""

    status = 422
    code = "import_has_problems"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import has come: lines that are done, of all."""

    done: int
    total: int


def run_of(session: Session, publisher_id: int, import_id: int) -> Import:
    """Return a publisher's import; raises NotFound."""
    run = session.scalar(select(Import).where(Import.publisher_id == publisher_id, Import.id == import_id))
    if run is None:
        raise NotFound("There is no such import.")
    return run


def runs_of(session: Session, publisher_id: int) -> Sequence[Import]:
    """Return the latest imports of a publisher, the newest first."""
    mine = select(Import).where(Import.publisher_id == publisher_id, Import.state != State.CHECKING.value)
    return session.scalars(mine.order_by(Import.id.desc()).limit(SHOWN)).all()


def unfinished(session: Session) -> list[int]:
    """Return the ids of imports that wait to be carried on, of every publisher."""
    running = (State.APPLYING.value, State.UNDOING.value)
    return list(session.scalars(select(Import.id).where(Import.state.in_(running)).order_by(Import.id)))


def cut_off(session: Session, publisher_id: int, digest: str) -> int | None:
    """Return the id of the import of that very file, if its applying was begun and not ended."""
    which = (Import.publisher_id == publisher_id, Import.digest == digest, Import.state == State.APPLYING.value)
    return session.scalar(select(Import.id).where(*which))


def problems_of(session: Session, import_id: int) -> Sequence[ImportProblem]:
    """Return what is wrong with a file, by line; of very many the first."""
    query = select(ImportProblem).where(ImportProblem.import_id == import_id)
    return session.scalars(query.order_by(ImportProblem.line, ImportProblem.id).limit(SHOWN)).all()


def kept_by(session: Session, import_id: int) -> Sequence[ImportRow]:
    """Return the lines that undoing left as they are, by line; of very many the first."""
    kept = (ImportRow.import_id == import_id, ImportRow.state == "kept")
    return session.scalars(select(ImportRow).where(*kept).order_by(ImportRow.line).limit(SHOWN)).all()


def progress_of(session: Session, run: Import) -> Progress:
    """Return how far applying or undoing has come."""
    left = session.scalar(select(func.count()).where(is_left(run))) or 0
    return Progress(run.row_count - left, run.row_count)


def is_left(run: Import) -> ColumnElement[bool]:
    """Return, as a condition: that the row is one of the import's that are still to be applied, or to be undone."""
    state = "waiting" if run.state in (State.CHECKED.value, State.APPLYING.value) else "done"
    return and_(ImportRow.import_id == run.id, ImportRow.state == state)


def begin_applying(session: Session, publisher_id: int, import_id: int, *, letters: bool, actor: str) -> None:
    """Let a checked import be applied; raises HasProblems, NotReady, AnotherRuns, NotFound."""
    run = run_of(session, publisher_id, import_id)
    if run.problem_count:
        raise HasProblems
    _begin(session, run, State.CHECKED, State.APPLYING)
    run.has_letters = letters
    detail = {"rows": run.row_count, "from": run.mapping, "existing": run.existing, "letters": letters}
    audit.write(session, publisher_id, actor, "import_applied", f"import:{import_id}", **detail)


def begin_undoing(session: Session, publisher_id: int, import_id: int, *, actor: str) -> None:
    """Let an applied import be undone; raises NotReady, AnotherRuns, NotFound."""
    _begin(session, run_of(session, publisher_id, import_id), State.APPLIED, State.UNDOING)
    audit.write(session, publisher_id, actor, "import_undone", f"import:{import_id}")


def end(run: Import) -> None:
    """Note that an import that was being applied or undone is so now."""
    if run.state == State.APPLYING.value:
        run.state, run.applied_at = State.APPLIED.value, clock.wall()
    else:
        run.state, run.undone_at = State.UNDONE.value, clock.wall()


def forget_unapplied(database: Database, now: datetime) -> None:
    """Delete files that were checked long ago and never applied, and what a killed check left; `now` is wall time.

    Their state says first that they can't be applied any more: they go in small steps, and nobody may come between.
    """
    idle = Import.state.in_((State.CHECKING.value, State.CHECKED.value))
    old = update(Import).where(idle, Import.checked_at < now - KEPT_UNAPPLIED).values(state=State.CHECKING.value)
    with database.writing() as session:
        numbers = session.scalars(old.returning(Import.id)).all()
    for number in numbers:
        forget(database, number)


def forget(database: Database, import_id: int) -> None:
    """Delete an import that nobody can apply, in steps that keep nobody waiting."""
    while _forget_some(database, import_id):
        pass


def _forget_some(database: Database, import_id: int) -> int:
    """Delete the next lines of an import, and with none left the import; returns how many lines there were."""
    mine = ImportRow.import_id == import_id
    with database.writing() as session:
        next_ones = select(ImportRow.line).where(mine).order_by(ImportRow.line).limit(DELETED_AT_ONCE)
        lines = session.scalars(next_ones).all()
        if lines:
            session.execute(delete(ImportRow).where(mine, ImportRow.line <= lines[-1]))
        else:
            session.execute(delete(Import).where(Import.id == import_id))
        return len(lines)


def _begin(session: Session, run: Import, before: State, after: State) -> None:
    try:
        with session.begin_nested():
            which = (Import.id == run.id) & (Import.state == before.value)
            moved = session.execute(update(Import).where(which).values(state=after.value).returning(Import.id)).first()
    except IntegrityError as error:
        raise AnotherRuns from error
    if moved is None:
        raise NotReady(_why_not(run.state, before))
    session.refresh(run)


def _why_not(state: str, wanted: State) -> str:
    """Return why an import is not as it is wanted; empty while it is being checked."""
    if (state, wanted) == (State.CHECKED.value, State.APPLIED):
        return "This import was never applied, so there is nothing to undo."
    return f"This import is {state} already." if state != State.CHECKING.value else ""
