"""Payments that stay away raise an alarm, where many are usual; the alarm ends by itself."""

from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from paywall.billing.ledger.tables import Payment
from paywall.billing.reconciling.rules import payments_are_silent
from paywall.billing.reconciling.silence import NO_PAYMENTS, watch_payments
from paywall.database import Database
from paywall.notices import AdminNotice, open_notices
from paywall.publishers.rules import Profile

NOW = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class TestTheRule:
    @pytest.mark.parametrize(
        ("last_at", "usual", "hours", "silent"),
        [
            (NOW - 24 * HOUR, 28 * 8, 24, True),
            (NOW - 23 * HOUR, 28 * 8, 24, False),
            (NOW - 24 * HOUR, 28 * 8 - 1, 24, False),  # too few a day to call a day without one odd
            (NOW - 72 * HOUR, 28 * 8 - 1, 72, True),
            (None, 28 * 8, 24, False),
            (NOW - 24 * HOUR, 28 * 8, 0, False),
        ],
    )
    def test_is_about_what_is_usual(self, last_at: datetime | None, usual: int, hours: int, silent: bool) -> None:
        assert payments_are_silent(last_at, usual, hours, NOW) is silent


class TestTheAlarm:
    @pytest.fixture
    def paid(self, database: Database, publisher: Profile) -> Database:
        """Ten payments on each of 28 days, the last of them at NOW."""
        with database.writing() as session:
            session.add_all(payment(publisher.id, NOW - n * DAY / 10, f"pi_{n}") for n in range(280))
        return database

    def watch(self, database: Database, at: datetime) -> list[AdminNotice]:
        with database.writing() as session:
            watch_payments(session, at, 24)
        with database.reading() as session:
            return open_notices(session)

    def test_is_raised_once_and_says_since_when(self, paid: Database, publisher: Profile) -> None:
        with capture_logs() as logs:
            assert self.watch(paid, NOW + 23 * HOUR) == []
            for hours in (24, 25, 48):
                [notice] = self.watch(paid, NOW + hours * HOUR)
        assert (notice.kind, notice.publisher_id, notice.detail["since"]) == (
            NO_PAYMENTS,
            publisher.id,
            NOW.isoformat(),
        )
        assert len([line for line in logs if line.get("alarm")]) == 1

    def test_ends_when_a_payment_comes_and_begins_anew_with_the_next_silence(
        self, paid: Database, publisher: Profile
    ) -> None:
        assert len(self.watch(paid, NOW + 30 * HOUR)) == 1
        with paid.writing() as session:
            session.add(payment(publisher.id, NOW + 31 * HOUR, "pi_new"))
        assert self.watch(paid, NOW + 32 * HOUR) == []
        assert len(self.watch(paid, NOW + 60 * HOUR)) == 1

    def test_a_newspaper_that_never_sold_is_left_in_peace(self, database: Database, publisher: Profile) -> None:
        assert publisher.id
        assert self.watch(database, NOW) == []


def payment(publisher_id: int, at: datetime, name: str) -> Payment:
    return Payment(
        publisher_id=publisher_id, stripe_id=name, invoice_id="in_1", currency="AZN", amount_minor=499, at=at
    )
