"""What an import does, or did, in numbers with their words: for the page and for the command line alike."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from paywall import clock
from paywall.importing.foreseeing import Outcome
from paywall.importing.tables import Import, ImportRow
from paywall.readers.tables import Reader

_Said = tuple[str, str]
"""What one is called, and what several are."""

_FORESEEN: dict[Outcome, _Said] = {
    Outcome.OPENED: ("new account", "new accounts"),
    Outcome.CHANGED: ("reader with an account who gets something", "readers with an account who get something"),
    Outcome.UNCHANGED: ("reader who has all of it already", "readers who have all of it already"),
    Outcome.SKIPPED: ("reader who has an account and is left alone", "readers who have an account and are left alone"),
}
_DONE: dict[Outcome, _Said] = {
    Outcome.OPENED: ("account opened", "accounts opened"),
    Outcome.CHANGED: ("reader with an account who got something", "readers with an account who got something"),
    Outcome.UNCHANGED: ("reader who had all of it already", "readers who had all of it already"),
    Outcome.SKIPPED: ("reader who has an account, left alone", "readers who have an account, left alone"),
}


def summary_of(session: Session, run: Import) -> list[tuple[int, str]]:
    """Return how many lines there are of each kind, and what that kind is; kinds without a line are left out."""
    outcomes = _outcomes(session, run)
    words = _FORESEEN if run.applied_at is None else _DONE
    found = [(outcomes.get(one.value, 0), said) for one, said in words.items()]
    return [(count, said[count != 1]) for count, said in (*found, *_more(session, run)) if count]


def _outcomes(session: Session, run: Import) -> dict[str, int]:
    query = select(ImportRow.outcome, func.count()).where(ImportRow.import_id == run.id)
    return {row[0]: row[1] for row in session.execute(query.group_by(ImportRow.outcome))}


def _more(session: Session, run: Import) -> Iterator[tuple[int, _Said]]:
    """Yield what else there is to say of the lines."""
    now, ends = run.applied_at or clock.now(), ImportRow.ends_at
    by_stripe = (ImportRow.customer_id != "") | (ImportRow.subscription_id != "")
    without = ends.is_(None) | (ends <= now)
    unproved = (ImportRow.outcome == Outcome.CHANGED.value) & _is_of_somebody_unproved(run)
    kinds = (
        (ends > now, _both("line", "with the right to read until a day to come")),
        (by_stripe, _both("line", "linked to a customer or subscription at Stripe")),
        (by_stripe & (ends > now), _both("line", "with both: they read by either")),
        (without & ~by_stripe, _both("line", "with an account only: the end is over, or there is none")),
        (
            unproved,
            _both("reader", "who never confirmed the address: signed out, they set a password by a mailed link"),
        ),
        (ImportRow.state == "kept", _both("line", "of which something stays, since it changed")),
    )
    for which, said in kinds:
        yield _count(session, run, which), said


def _both(what: str, which: str) -> _Said:
    return f"{what} {which}", f"{what}s {which}"


def _is_of_somebody_unproved(run: Import) -> ColumnElement[bool]:
    """Return the condition that a line that waits gives something to an account whose address was never confirmed."""
    theirs = (Reader.publisher_id == run.publisher_id, Reader.email_normalized == ImportRow.email_normalized)
    return exists().where(*theirs, Reader.confirmed_at.is_(None), Reader.password.is_not(None))


def _count(session: Session, run: Import, which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(ImportRow.import_id == run.id, which)) or 0
