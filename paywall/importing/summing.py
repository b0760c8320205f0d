"""What an import does, or did, in numbers with their words: for the page and for the command line alike."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from paywall import clock
from paywall.importing.foreseeing import Outcome
from paywall.importing.tables import Import, ImportRow
from paywall.readers.tables import Reader

_WORDS = {
    Outcome.OPENED: ("new accounts", "accounts opened"),
    Outcome.CHANGED: ("readers with an account who get something", "readers with an account who got something"),
    Outcome.UNCHANGED: ("readers who have all of it already", "readers who had all of it already"),
    Outcome.SKIPPED: ("readers who have an account and are left alone", "readers who have an account, left alone"),
}


def summary_of(session: Session, run: Import) -> list[tuple[int, str]]:
    """Return how many lines there are of each kind, and what that kind is; kinds without a line are left out."""
    outcomes = _outcomes(session, run)
    is_done = run.applied_at is not None
    found = [(outcomes.get(one.value, 0), words[is_done]) for one, words in _WORDS.items()]
    return [(count, words) for count, words in (*found, *_more(session, run)) if count]


def _outcomes(session: Session, run: Import) -> dict[str, int]:
    query = select(ImportRow.outcome, func.count()).where(ImportRow.import_id == run.id)
    return {row[0]: row[1] for row in session.execute(query.group_by(ImportRow.outcome))}


def _more(session: Session, run: Import) -> Iterator[tuple[int, str]]:
    """Yield what else there is to say of the lines."""
    now, ends = run.applied_at or clock.now(), ImportRow.ends_at
    by_stripe = (ImportRow.customer_id != "") | (ImportRow.subscription_id != "")
    yield _count(session, run, ends > now), "lines with the right to read until a day to come"
    yield _count(session, run, by_stripe), "lines linked to a customer or subscription at Stripe"
    yield (
        _count(session, run, by_stripe & (ends > now)),
        "lines with both: they read by either",
    )
    without = ends.is_(None) | (ends <= now)
    yield _count(session, run, without & ~by_stripe), "lines with an account only: their end is over, or there is none"
    unproved = (ImportRow.outcome == Outcome.CHANGED.value) & _is_of_somebody_unproved(run)
    yield (
        _count(session, run, unproved),
        "readers who never confirmed their address: they are signed out, and set a password by a link in a mail",
    )
    yield _count(session, run, ImportRow.state == "kept"), "lines of which something stays, since it changed"


def _is_of_somebody_unproved(run: Import) -> ColumnElement[bool]:
    """Return the condition that a line that waits gives something to an account whose address was never confirmed."""
    theirs = (Reader.publisher_id == run.publisher_id, Reader.email_normalized == ImportRow.email_normalized)
    return exists().where(*theirs, Reader.confirmed_at.is_(None), Reader.password.is_not(None))


def _count(session: Session, run: Import, which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(ImportRow.import_id == run.id, which)) or 0
