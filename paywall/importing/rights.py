"""The right to read that imports give: each reader has one of them, whatever number of files there were."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from paywall.entitlements.reading import entitlements_among
from paywall.entitlements.rules import Entitlement, Source, Standing


def source_id(reader_id: int) -> str:
    """Return the name under which a reader has it."""
    return f"import_{reader_id}"


def right_until(reader_id: int, end: datetime) -> Entitlement:
    """Return a reader's right to read that ends then."""
    return Entitlement(
        reader_id=reader_id,
        source=Source.IMPORT,
        source_id=source_id(reader_id),
        standing=Standing.PAID_THROUGH,
        paid_through_at=end,
        valid_until=end,
        suspended=False,
    )


def rights_among(session: Session, reader_ids: Collection[int]) -> dict[int, Entitlement]:
    """Return what imports gave some readers, by reader, ended or not; who was given nothing is left out."""
    found = entitlements_among(session, reader_ids).items()
    return {who: right for who, rights in found for right in rights if right.source_id == source_id(who)}
