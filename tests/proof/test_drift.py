"""One planted difference of each kind; `python -m tests.proof.drift` plants a hundred among five hundred."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from paywall.billing.reconciling import comparing
from paywall.database import Database
from paywall.publishers.rules import Profile
from tests.billing.stripe_world import World, make_world
from tests.proof.drift.comparing import drift
from tests.proof.drift.planting import KINDS


@pytest.fixture
def world(database: Database, publisher: Profile, tmp_path: Path) -> Iterator[World]:
    made = make_world(database, publisher, tmp_path)
    yield made
    made.sandbox.close()


class TestTheLongStop:
    def test_finds_and_repairs_every_kind_of_difference_and_touches_nothing_else(self, world: World) -> None:
        outcome = drift(world, planted=len(KINDS), healthy=4)
        assert outcome.is_good, str(outcome)
        assert outcome.planted.total() == outcome.repaired.total() == len(KINDS)


class TestTheMeasure:
    """It must be able to find something."""

    def test_tells_of_what_is_not_found(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(comparing, "_look_at_ourselves", lambda _run: None)
        outcome = drift(world, planted=len(KINDS), healthy=1)
        assert not outcome.is_good
        assert outcome.found["right too long"] == outcome.repaired["right too long"] == 0
