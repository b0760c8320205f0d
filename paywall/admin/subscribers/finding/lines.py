"""The rows of the list as people read them: an account, its current subscription, its rights to read."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall.admin.subscribers.finding.membership import is_one_of
from paywall.billing.catalogue.money import Money
from paywall.billing.subscriptions.status import is_second
from paywall.billing.subscriptions.tables import Subscription
from paywall.entitlements.rules import Entitlement, Source, Standing, best, last
from paywall.entitlements.tables import EntitlementRow
from paywall.readers.tables import Reader


@dataclass(frozen=True, slots=True)
class Bought:
    """A subscription, as far as the list tells of it."""

    stripe_id: str
    customer_id: str
    status: str
    lookup_key: str | None
    money: Money
    interval: str
    interval_count: int
    paid_through_at: datetime | None
    cancels_at: datetime | None
    is_current: bool

    @property
    def plan(self) -> str:
        """The slug of the plan; empty for a price that is none of ours."""
        parts = (self.lookup_key or "").split(":")
        return parts[1] if len(parts) == 4 else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One reader in the list; times are aware UTC."""

    reader_id: int
    email: str
    joined_at: datetime
    bought: tuple[Bought, ...]
    rights: tuple[Entitlement, ...]

    @property
    def current(self) -> Bought | None:
        """The subscription that the account speaks of."""
        return next((one for one in self.bought if one.is_current), None)

    @property
    def pays_twice(self) -> bool:
        """True where a second subscription runs beside the current one."""
        return any(is_second(one.status, is_current=one.is_current) for one in self.bought)

    @property
    def ends_at(self) -> datetime | None:
        """When the last of the rights to read ends or ended."""
        right = last(self.rights)
        return right.valid_until if right else None

    def right(self, now: datetime) -> Entitlement | None:
        """Return what lets the reader in at `now`."""
        return best(list(self.rights), now)


def lines_of(session: Session, publisher_id: int, reader_ids: Sequence[int]) -> list[Line]:
    """Return a publisher's readers in the order given, in three reads; one who has gone meanwhile is left out."""
    mine = Reader.publisher_id == publisher_id, is_one_of(session, Reader.id, reader_ids)
    accounts = {row.id: row for row in session.execute(_ACCOUNTS.where(*mine))}
    bought: dict[int, list[Bought]] = defaultdict(list)
    rights: dict[int, list[Entitlement]] = defaultdict(list)
    for sold in session.execute(_BOUGHT.where(is_one_of(session, Subscription.reader_id, reader_ids))):
        bought[sold.reader_id].append(_as_bought(sold))
    for held in session.execute(_RIGHTS.where(is_one_of(session, EntitlementRow.reader_id, reader_ids))):
        rights[held.reader_id].append(_as_right(held))
    return [
        Line(one, accounts[one].email, accounts[one].created_at, tuple(bought[one]), tuple(rights[one]))
        for one in reader_ids
        if one in accounts
    ]


_ACCOUNTS = select(Reader.id, Reader.email, Reader.created_at)
_BOUGHT = select(
    Subscription.reader_id,
    Subscription.stripe_id,
    Subscription.customer_id,
    Subscription.status,
    Subscription.lookup_key,
    Subscription.amount_minor,
    Subscription.currency,
    Subscription.interval,
    Subscription.interval_count,
    Subscription.paid_through_at,
    Subscription.cancels_at,
    Subscription.is_current,
)
_RIGHTS = select(
    EntitlementRow.reader_id,
    EntitlementRow.source,
    EntitlementRow.source_id,
    EntitlementRow.standing,
    EntitlementRow.paid_through_at,
    EntitlementRow.valid_until,
    EntitlementRow.suspended,
)


def _as_bought(row: Any) -> Bought:  # noqa: ANN401 - a row of `_BOUGHT`
    _, stripe_id, customer_id, status, lookup_key, minor, currency, *rest = row
    return Bought(stripe_id, customer_id, status, lookup_key, Money(minor, currency), *rest)


def _as_right(row: Any) -> Entitlement:  # noqa: ANN401 - a row of `_RIGHTS`
    reader_id, source, source_id, standing, *rest = row
    return Entitlement(reader_id, Source(source), source_id, Standing(standing), *rest)
