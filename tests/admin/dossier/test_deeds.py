"""What stands in the audit, as a colleague reads it."""

from typing import Any

import pytest

from paywall.admin.dossier.deeds import actor_words, deed_words, detail_words
from paywall.admin.ground.days import Days

DAYS = Days("Asia/Baku")


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({}, ""),
        ({"comp": "comp_1", "days": 30, "reason": "Flood"}, "days 30, reason Flood"),
        ({"until": "2026-12-27T20:54:38.669694+00:00"}, "until 28 Dec 2026, 00:54"),
        (
            {"reader": 7, "was": "trialing", "paid_through": "2026-12-27T20:54:38.669694+00:00", "cancels_at": None},
            "was trialing, paid through 28 Dec 2026, 00:54",
        ),
        ({"before": "active", "after": "canceled"}, "active → canceled"),
        ({"before": None, "after": "2026-12-27T20:54:00+00:00"}, "28 Dec 2026, 00:54"),
        ({"before": {"a_b": 1}, "after": {"a_b": 2, "c": None}}, "a b 1 → 2, c nothing → nothing"),
        ({"filters": ["q", "status"]}, "filters q and status"),
        ({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}, "a 1, b 2, c 3, d 4"),
        ({"reason": "x" * 500}, f"reason {'x' * 80}"),
        ({"year": "2026"}, "year 2026"),
        ({"reason": "9999-12-31T23:59:59+00:00"}, "reason 9999-12-31T23:59:59+00:00"),
    ],
)
def test_the_facts_of_a_deed_are_short_and_in_the_newspapers_time(detail: dict[str, Any], words: str) -> None:
    assert detail_words(detail, DAYS) == words


def test_a_deed_without_better_words_keeps_those_of_the_code() -> None:
    assert (deed_words("comp_given"), deed_words("never_heard_of")) == ("Comp given", "Never heard of")


@pytest.mark.parametrize(
    ("actor", "words"),
    [
        ("staff:7", "bea@press.example"),
        ("staff:8", "a former member of staff"),
        ("reader:3", "the reader"),
        ("stripe", "Stripe"),
        ("command line", "command line"),
        ("key:12", "key:12"),
    ],
)
def test_whoever_did_it_is_named(actor: str, words: str) -> None:
    assert actor_words(actor, {"staff:7": "bea@press.example"}) == words
