"""Accounts that more people seem to use than one: those signed in on more browsers than a person has."""

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, select

from paywall.readers.tables import SignIn

CROWD = 8
"""From so many signed-in browsers on, sharing is suspected. It proves nothing."""


def crowded_accounts() -> Select[int]:
    """Return the query of the ids of readers who may be sharing their account, of every publisher."""
    return select(SignIn.reader_id).group_by(SignIn.reader_id).having(func.count() >= CROWD)


def is_crowded(reader_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Return, as a condition, that a reader may be sharing the account."""
    browsers = select(func.count()).where(SignIn.reader_id == reader_id).scalar_subquery()
    return browsers >= CROWD
