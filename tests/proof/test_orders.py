"""Some of the orders of each story; `python -m tests.proof.orders` tries all."""

import random
from pathlib import Path

import pytest

from paywall.billing.syncing import storing
from paywall.publishers.rules import Profile
from tests.proof.order_stories import SIGN_UP, STORIES, Story
from tests.proof.orders import orders, try_orders, with_copies


@pytest.mark.parametrize("story", STORIES, ids=[story.name for story in STORIES])
def test_events_in_any_order_and_twice_end_in_one_state(
    database_url: str, publisher: Profile, tmp_path: Path, story: Story
) -> None:
    outcome = try_orders(database_url, publisher, tmp_path, story, most=6)
    assert outcome.is_good, str(outcome)
    assert outcome.orders == 6


def test_an_effect_for_each_event_is_caught(
    database_url: str, tmp_path: Path, publisher: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "_facts", lambda _row: (object(), None, object()))
    outcome = try_orders(database_url, publisher, tmp_path, SIGN_UP, most=6)
    assert len(outcome.endings) > 1


def test_every_order_of_every_story_is_known() -> None:
    counts = {story.name: len(set(orders(len(story.types), None, random.Random(1)))) for story in STORIES}
    assert list(counts.values()) == [120, 24, 24]


def test_each_event_comes_a_second_time_after_its_first() -> None:
    copies = with_copies((2, 0, 1), random.Random(1))
    assert sorted(copies) == [0, 0, 1, 1, 2, 2]
    assert [number for place, number in enumerate(copies) if number not in copies[:place]] == [2, 0, 1]
