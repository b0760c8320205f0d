"""What a row will do, seen from what is stored now. Applying looks again: what is foreseen may have changed by then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall.billing.subscriptions.adopting import holders_of, owners_of
from paywall.importing.judging.rows import Problem, Row
from paywall.importing.rights import rights_among
from paywall.importing.tables import Import
from paywall.readers.tables import Reader


class Outcome(StrEnum):
    """What a row does."""

    OPENED = "opened"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of the readers and the ids that some rows name."""

    readers: dict[str, int]
    ends: dict[int, datetime]
    customers: dict[str, int | None]
    subscriptions: dict[str, int]


def stored(session: Session, publisher_id: int, rows: Sequence[Row]) -> Stored:
    """Look up what some rows name, in a few reads for all of them."""
    addresses = [row.email_normalized for row in rows]
    mine = (Reader.publisher_id == publisher_id, Reader.email_normalized.in_(addresses))
    readers = {row[0]: row[1] for row in session.execute(select(Reader.email_normalized, Reader.id).where(*mine))}
    return Stored(
        readers,
        {reader_id: right.valid_until for reader_id, right in rights_among(session, readers.values()).items()},
        owners_of(session, [row.customer_id for row in rows if row.customer_id]),
        holders_of(session, [row.subscription_id for row in rows if row.subscription_id]),
    )


def foresee(run: Import, row: Row, known: Stored, now: datetime) -> Outcome:
    """Return what a row will do."""
    reader = known.readers.get(row.email_normalized)
    if reader is None:
        return Outcome.OPENED
    if run.existing == "skip":
        return Outcome.SKIPPED
    gives = row.ends_at is not None and row.ends_at > now and known.ends.get(reader) != row.ends_at
    links = bool(row.customer_id) and row.customer_id not in known.customers
    fetches = bool(row.subscription_id) and row.subscription_id not in known.subscriptions
    return Outcome.CHANGED if gives or links or fetches else Outcome.UNCHANGED


def taken_ids(row: Row, known: Stored) -> list[Problem]:
    """Return a problem for each id at Stripe that is somebody else's here."""
    reader = known.readers.get(row.email_normalized)
    found = []
    if row.customer_id in known.customers and known.customers[row.customer_id] != reader:
        found.append(Problem(row.line, "customer", f"{row.customer_id} is another reader's here."))
    if row.subscription_id in known.subscriptions and known.subscriptions[row.subscription_id] != reader:
        found.append(Problem(row.line, "subscription", f"{row.subscription_id} is another reader's here."))
    return found
