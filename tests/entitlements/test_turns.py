"""What a change of a right means for its reader: pure rules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from paywall.entitlements.rules import Entitlement, Source, Standing, Turn, turn_between

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = timedelta(days=1)
OPEN = Entitlement(
    reader_id=1,
    source=Source.SUBSCRIPTION,
    source_id="sub_1",
    standing=Standing.SUBSCRIBED,
    paid_through_at=NOW + 29 * DAY,
    valid_until=NOW + 30 * DAY,
    suspended=False,
)
SUSPENDED = replace(OPEN, suspended=True)
OVER = replace(OPEN, valid_until=NOW)
OVER_AND_SUSPENDED = replace(OVER, suspended=True)
NONE = None


class TestATurn:
    @pytest.mark.parametrize(
        ("before", "after", "turn"),
        [
            (NONE, OPEN, Turn.GRANTED),
            (OVER, OPEN, Turn.GRANTED),
            (OVER_AND_SUSPENDED, OPEN, Turn.GRANTED),
            (NONE, SUSPENDED, Turn.SUSPENDED),
            (OVER, SUSPENDED, Turn.SUSPENDED),
            (OPEN, SUSPENDED, Turn.SUSPENDED),
            (SUSPENDED, OPEN, Turn.RESTORED),
            (OPEN, OVER, Turn.ENDED),
            (SUSPENDED, OVER, Turn.ENDED),
            (OPEN, OVER_AND_SUSPENDED, Turn.ENDED),
            (OPEN, replace(OPEN, valid_until=NOW + DAY), Turn.CHANGED),
            (OPEN, replace(OPEN, standing=Standing.PAID_THROUGH), Turn.CHANGED),
            (SUSPENDED, replace(SUSPENDED, valid_until=NOW + DAY), Turn.CHANGED),
        ],
    )
    def test_has_a_name(self, before: Entitlement | None, after: Entitlement, turn: Turn) -> None:
        assert turn_between(before, after, NOW) is turn

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (NONE, OVER),
            (OVER, OVER),
            (OVER, replace(OVER, valid_until=NOW - DAY, standing=Standing.PAID_THROUGH)),
            (OPEN, OPEN),
            (SUSPENDED, SUSPENDED),
            (OPEN, replace(OPEN, paid_through_at=NOW)),
        ],
    )
    def test_that_no_reader_notices_is_none(self, before: Entitlement | None, after: Entitlement) -> None:
        assert turn_between(before, after, NOW) is None

    def test_is_always_told_where_access_itself_has_changed(self) -> None:
        for before, after in product([OPEN, SUSPENDED, OVER], repeat=2):
            if before.grants_access(NOW) != after.grants_access(NOW):
                assert turn_between(before, after, NOW) not in (None, Turn.CHANGED)
