"""A few crash points of each flow; `python -m tests.proof.crash_points` strikes at all."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from paywall.billing.parts import Billing
from paywall.billing.webhooks import drain, inbox
from paywall.publishers.rules import Profile
from tests.proof.crash_points import Outcome, Play, play, strike
from tests.proof.flows import FLOWS
from tests.proof.flows.flow import Flow
from tests.proof.flows.paying import Renewal
from tests.proof.steps import Steps


@pytest.mark.parametrize("flow", FLOWS, ids=[flow.name for flow in FLOWS])
def test_whatever_the_process_was_at_when_it_ended_nothing_is_lost_or_doubled(
    database_url: str, publisher: Profile, tmp_path: Path, flow: type[Flow]
) -> None:
    with play(database_url, publisher, tmp_path, flow) as played:
        outcome = Outcome(flow.name, "")
        for point in some_of(played.steps()):
            assert strike(played, point, outcome)
    assert outcome.is_good, str(outcome)


def some_of(steps: Steps) -> Iterator[Steps]:
    """Draw a step to end before, and an answer to lose if Stripe is asked at all."""
    chance = random.Random(len(steps.taken))
    yield Steps(ends_before=chance.randint(1, len(steps.taken)))
    if steps.calls:
        yield Steps(loses=chance.randint(1, steps.calls))


class TestTheDetector:
    @pytest.fixture
    def played(self, database_url: str, publisher: Profile, tmp_path: Path) -> Iterator[Play]:
        with play(database_url, publisher, tmp_path, Renewal) as played:
            yield played

    def test_knows_a_receiver_that_marks_an_event_before_the_work_is_done(
        self, played: Play, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        work = drain._drain

        def mark_first(billing: Billing, subject: str) -> None:
            with billing.database.writing() as session:
                inbox.mark_handled(session, inbox.note_open(session, subject))
            work(billing, subject)

        monkeypatch.setattr(drain, "_drain", mark_first)
        asks = next(number for number, step in enumerate(played.steps().taken, 1) if step.startswith("GET /v1/sub"))
        outcome = Outcome("webhook", "")
        strike(played, Steps(ends_before=asks), outcome)
        assert any("reads until" in complaint for complaint in outcome.complaints), str(outcome)

    def test_knows_where_a_flow_ends(self, played: Play) -> None:
        steps = played.steps()
        outcome = Outcome("webhook", "")
        assert not strike(played, Steps(ends_before=len(steps.taken) + 1), outcome)
        assert not strike(played, Steps(loses=steps.calls + 1), outcome)
        assert outcome.ends == outcome.lost == 0
