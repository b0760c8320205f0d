"""The rules of rights to read, as conditions that the database can judge; each beside its twin in `rules`.

`row` is `EntitlementRow`, or an alias of it.
"""

from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, and_, false, select
from sqlalchemy.orm import aliased

from paywall.entitlements.rules import Source, Standing
from paywall.entitlements.tables import EntitlementRow


def grants_access(row: type[EntitlementRow], now: datetime) -> ColumnElement[bool]:
    """Return the condition that a right lets its reader in at `now`: `Entitlement.grants_access`."""
    return and_(row.suspended == false(), row.valid_until > now)


def comes_from(row: type[EntitlementRow], source: Source) -> ColumnElement[bool]:
    """Return the condition that a right has that source."""
    return row.source == source.value


def stands(row: type[EntitlementRow], standing: Standing) -> ColumnElement[bool]:
    """Return the condition that a right holds in that way."""
    return row.standing == standing.value


def is_last(row: type[EntitlementRow]) -> ColumnElement[bool]:
    """Return the condition that none of the reader's rights ends later: `rules.last`. Of equals the newest counts."""
    other = _other()
    latest = (
        select(other.id).where(other.reader_id == row.reader_id).order_by(other.valid_until.desc(), other.id.desc())
    )
    # put so, PostgreSQL looks at the few rights of each reader; "there is none later" had it join the whole table
    return row.id == latest.limit(1).scalar_subquery()


@cache
def _other() -> type[EntitlementRow]:
    """Return the table under another name, made once."""
    return aliased(EntitlementRow)
