"""The endpoint is away, for a short while and for weeks; `python -m tests.proof.outages` plays each length."""

from pathlib import Path

import pytest

from paywall.publishers.rules import Profile
from paywall.work import Work
from tests.proof.outages import LENGTHS, PROMISED, outage


@pytest.mark.parametrize("length", ["10 min", "73 h", "31 d"])
def test_everything_equals_stripe_soon_after_the_return_without_a_hand(
    database_url: str, publisher: Profile, tmp_path: Path, length: str
) -> None:
    outcome = outage(database_url, publisher, tmp_path, length)
    assert outcome.is_good, str(outcome)
    assert outcome.took < PROMISED


def test_a_product_that_never_looks_by_itself_is_caught(
    database_url: str, publisher: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Work, "start", lambda _work: None)
    monkeypatch.setattr("tests.proof.outages._PATIENCE_SECONDS", 0.5)
    outcome = outage(database_url, publisher, tmp_path, "73 h")
    assert not outcome.is_good
    assert outcome.differences


def test_the_lengths_are_those_that_were_promised() -> None:
    hours = [length.total_seconds() / 3600 for length in LENGTHS.values()]
    assert hours == [1 / 6, 71, 73, 29 * 24, 31 * 24]
