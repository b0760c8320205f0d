"""Accounts that more people seem to use than one: every place for a browser was taken anew within days.

A reader may be signed in on so many browsers and no more: the next sign-in ends the oldest. Who shares an account is
therefore not seen by many sign-ins, but by the oldest of them being young.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, select

from paywall.readers.sign_ins import MOST
from paywall.readers.tables import SignIn

WITHIN = timedelta(days=7)
"""Sharing is suspected of who took all places within so long. It proves nothing."""


def crowded_accounts(now: datetime) -> Select[int]:
    """Return the query of the ids of those who may be sharing their account, everywhere; `now` is wall time."""
    young = select(SignIn.reader_id).where(SignIn.created_at > now - WITHIN)
    return young.group_by(SignIn.reader_id).having(func.count() >= MOST)


def is_crowded(reader_id: SQLColumnExpression[int], now: datetime) -> ColumnElement[bool]:
    """Return, as a condition, that a reader may be sharing the account; `now` is wall time."""
    young = (SignIn.reader_id == reader_id, SignIn.created_at > now - WITHIN)
    return select(func.count()).where(*young).scalar_subquery() >= MOST
