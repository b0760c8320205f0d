"""How the work beside answering goes: when each job last ended well, when it last failed and why.

Each job notes it in one row, from whichever process it ran in, at most every half minute: so a page can say that mails
have not been looked at for an hour, wherever the worker was to run.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column
from structlog import get_logger

from paywall import clock
from paywall.database import Base, Database, UtcDateTime, insert_once

log = get_logger()
NOTED_EVERY_SECONDS = 30.0
_LONGEST = 300


class JobRun(Base):
    """A job, by its name; wall time."""

    __tablename__ = "job_runs"

    name: Mapped[str] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it last ended well."""
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None]
    """Why it last failed."""


class Watch:
    """Notes how the jobs of one process go; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        """Note in this database."""
        self._database = database
        self._noted: dict[str, tuple[float, bool]] = {}

    def over(self, name: str, run: Callable[[], object]) -> Callable[[], None]:
        """Return the job with its end noted, good or bad; what it raises goes on to the caller."""

        def watched() -> None:
            try:
                run()
            except Exception as error:
                self._note(name, f"{type(error).__name__}: {error}"[:_LONGEST])
                raise
            self._note(name, None)

        return watched

    def _note(self, name: str, error: str | None) -> None:
        at, was_well = self._noted.get(name, (-NOTED_EVERY_SECONDS, True))
        if time.monotonic() - at < NOTED_EVERY_SECONDS and was_well is (error is None):
            return
        try:
            with self._database.writing() as session:
                note_run(session, name, error)
        except SQLAlchemyError:  # the job itself will say that the database is away
            log.warning("the end of a job could not be noted", job=name)
            return
        self._noted[name] = (time.monotonic(), error is None)


def note_run(session: Session, name: str, error: str | None = None) -> None:
    """Note that a job has ended well, or why it failed."""
    now = clock.wall()
    insert_once(session, JobRun, {"name": name})
    values = {"ended_at": now} if error is None else {"failed_at": now, "error": error}
    session.execute(update(JobRun).where(JobRun.name == name).values(values))


def job_runs(session: Session) -> Sequence[JobRun]:
    """Return what is known of every job, by name."""
    return session.scalars(select(JobRun).order_by(JobRun.name)).all()
