"""Rules of subscriptions as conditions that the database can judge, made from the constants that `status` judges by.

`row` is `Subscription`, or an alias of it.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, false, true

from paywall.billing.subscriptions.status import LIVE, Status
from paywall.billing.subscriptions.tables import Subscription


def is_current(row: type[Subscription]) -> ColumnElement[bool]:
    """Return the condition that this is the one the reader's account speaks of."""
    return row.is_current == true()


def has_status(row: type[Subscription], status: Status) -> ColumnElement[bool]:
    """Return the condition that it stands so at Stripe."""
    return row.status == status.value


def is_sold_as(row: type[Subscription], lookup_keys: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that it was bought at one of these prices."""
    return row.lookup_key.in_(lookup_keys)


def is_second(row: type[Subscription]) -> ColumnElement[bool]:
    """Return the condition that it runs beside another of the same reader: `status.is_second`."""
    return and_(row.is_current == false(), row.status.in_(sorted(status.value for status in LIVE)))
