"""How readers stand, asked for many at a time."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from paywall.admin.acting.bulk.rules import Standing
from paywall.admin.subscribers.finding.lines import lines_of
from paywall.entitlements.comps import end_to_extend
from paywall.readers.devices import signed_in_among
from paywall.readers.finding import readers_among


def standings(session: Session, publisher_id: int, reader_ids: Sequence[int], now: datetime) -> dict[int, Standing]:
    """Return how a publisher's readers stand at business time `now`; who is not hers is left out."""
    accounts = readers_among(session, publisher_id, reader_ids)
    signed_in = signed_in_among(session, reader_ids)
    return {
        line.reader_id: Standing(
            is_active=accounts[line.reader_id].active,
            is_staff=accounts[line.reader_id].is_staff,
            is_signed_in=line.reader_id in signed_in,
            open_until=end_to_extend(line.rights, now),
        )
        for line in lines_of(session, publisher_id, reader_ids)
        if line.reader_id in accounts
    }
