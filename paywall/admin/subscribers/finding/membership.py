"""That a row belongs to one of many readers, said with one parameter however many they are."""

import json
from collections.abc import Sequence

from sqlalchemy import ARRAY, BigInteger, ColumnElement, SQLColumnExpression, any_, func, literal, select
from sqlalchemy.orm import Session


def is_one_of(session: Session, reader_id: SQLColumnExpression[int], ids: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that a reader is one of those; a thousand parameters would take longer than the query."""
    if session.get_bind().dialect.name == "sqlite":
        return reader_id.in_(select(func.json_each(json.dumps(list(ids))).table_valued("value").c.value))
    return reader_id == any_(literal(list(ids), ARRAY(BigInteger)))
