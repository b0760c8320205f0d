"""The race of webhook and return page, a few rounds in each order, on each database."""

from pathlib import Path

import pytest

from paywall.publishers.rules import Profile
from tests.proof import payment_races
from tests.proof.payment_races import ORDERS, Races, race


def test_whoever_comes_first_the_reader_reads_at_once_and_pays_once(
    database_url: str, publisher: Profile, tmp_path: Path
) -> None:
    outcome = race(database_url, publisher, tmp_path, rounds=2 * len(ORDERS))
    assert outcome.is_good, str(outcome)
    assert outcome.opened == len(outcome.seconds) == 6


def test_a_return_page_that_waits_for_the_webhook_is_caught(
    publisher: Profile, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paywall.billing.checkout.welcome.sync_subscription", lambda *_: None)
    outcome = race(database_url, publisher, tmp_path, rounds=2)
    assert not outcome.is_good
    assert outcome.opened == 1, "only where the webhook was first"


def test_a_webhook_that_is_never_worked_off_is_caught(
    publisher: Profile, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forget(races: Races) -> None:
        races.shop.sandbox.deliverer.drain()

    monkeypatch.setattr(payment_races.Races, "webhook", forget)
    outcome = race(database_url, publisher, tmp_path, rounds=2)
    assert outcome.opened == 2
    assert outcome.open_events > 0
    assert not outcome.is_good
