"""Acknowledging in small: `python -m bench.acknowledgement` sends the whole stream and judges the times."""

from contextlib import ExitStack
from pathlib import Path

from bench.acknowledgement import COPIES, READS_ASKED, measure


def test_a_slow_stripe_is_asked_less_than_once_for_two_events_and_every_event_is_worked_off(tmp_path: Path) -> None:
    with ExitStack() as stack:
        outcome = measure(stack, tmp_path, f"sqlite:///{tmp_path}/paywall.sqlite3", readers=2, per_second=100)
    assert outcome.deliveries == COPIES * outcome.events > 0
    assert outcome.left == 0
    assert outcome.reads > 0
    assert outcome.reads_per_event <= READS_ASKED, str(outcome)
    assert 0 < outcome.p50 <= outcome.p99
