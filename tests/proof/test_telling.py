"""Telling in small; `python -m tests.proof.telling` tells a thousand changes."""

import pytest

from bench.checkout_race import new_publisher
from paywall.publishers.rules import Profile
from paywall.telling import claiming
from paywall.telling.tables import Delivery
from tests.proof.telling import Plan, play


def test_nothing_is_lost_while_workers_are_killed_and_endpoints_hang(database_url: str, publisher: Profile) -> None:
    assert publisher.id == 1
    outcome = play(database_url, Plan(changes=40, per_second=40, slow_seconds=1, kill_seconds=1))
    assert outcome.kills > 0
    assert len(outcome.delays) == 40
    assert outcome.lost == 0, str(outcome)
    assert outcome.meanwhile[1] == 0, "one of them never answered until the quick one had heard everything"


def test_it_fails_where_nothing_is_ever_sent(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    new_publisher(sqlite_url)
    monkeypatch.setattr("tests.proof.telling.PATIENCE_SECONDS", 3)
    monkeypatch.setattr(claiming, "_due", lambda now: (Delivery.due_at > now, Delivery.id < 0))
    with pytest.raises(AssertionError, match="never happened"):
        play(sqlite_url, Plan(changes=5, per_second=40, slow_seconds=1, kill_seconds=1))
