"""Forms that are done once: each carries a token, and a token is taken only once."""

import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from paywall import clock
from paywall.database import insert_once
from paywall.errors import BadInput, PaywallError
from paywall.staff.tables import Act

KEPT_FOR = timedelta(days=30)
"""Longer than any page with a form stays open."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


class DoneAlready(PaywallError):
    """This was done already, by the same form; it was not done twice."""

    status = 409
    code = "done_already"


def new_act() -> str:
    """Return a token for a form (22 URL-safe characters)."""
    return secrets.token_urlsafe(16)


def take_act(session: Session, publisher_id: int, token: str) -> None:
    """Take a form's token in the transaction of what it does; raises DoneAlready, BadInput for what is no token."""
    if not _TOKEN.fullmatch(token):
        raise BadInput("act", "This form is not complete. Load the page again.")
    values: dict[str, object] = {"publisher_id": publisher_id, "token": token, "at": clock.wall()}
    if not insert_once(session, Act, values):
        raise DoneAlready


def was_taken(session: Session, publisher_id: int, token: str) -> bool:
    """Tell whether a form with that token has done its work; only to say so early, never instead of `take_act`."""
    taken = select(Act.token).where(Act.publisher_id == publisher_id, Act.token == token)
    return session.scalar(taken) is not None


def forget_old(session: Session, now: datetime) -> None:
    """Delete the tokens of forms that nobody will send again; `now` is wall time."""
    session.execute(delete(Act).where(Act.at < now - KEPT_FOR))
