"""Where to look: a page of a list at Stripe held against ours of the same kind."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall.billing.reconciling.kinds import SUBSCRIPTIONS, Kind
from paywall.billing.snapshots.fields import Json
from paywall.billing.snapshots.subscription import read_subscription
from paywall.billing.subscriptions.status import ENDED
from paywall.billing.subscriptions.tables import UNKNOWN_TO_STRIPE, subscription_by_stripe_id
from paywall.billing.syncing.ownership import owner_of
from paywall.billing.webhooks.incoming import Note


def suspects(session: Session, kind: Kind, page: Sequence[Json], count_foreign: Callable[[], None]) -> Iterator[str]:
    """Yield the subscriptions behind those objects of a page that are not as ours are."""
    table = kind.table
    rows: Iterable[Any] = session.scalars(select(table).where(table.stripe_id.in_([found["id"] for found in page])))
    ours = {row.stripe_id: row for row in rows}
    for found in page:
        facts, row = kind.facts(found), ours.get(found["id"])
        if facts is None or (row is not None and all(getattr(row, name) == value for name, value in facts.items())):
            continue
        subscription = kind.subscription(session, found)
        if kind is SUBSCRIPTIONS and row is None and _is_foreign(session, found):
            count_foreign()
        elif subscription and (kind is SUBSCRIPTIONS or _is_kept(session, subscription)):
            yield subscription


def _is_kept(session: Session, subscription: str) -> bool:
    row = subscription_by_stripe_id(session, subscription)
    return row is not None and row.ended_because != UNKNOWN_TO_STRIPE


def _is_foreign(session: Session, found: Json) -> bool:
    snapshot = read_subscription(found)
    owner = owner_of(session, snapshot)
    if owner is Note.READER_ERASED:
        return snapshot.status in ENDED  # a live one must be ended
    return isinstance(owner, Note)
