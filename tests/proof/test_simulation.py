"""A few days of a small city on each database; and hypothesis, in search of the shortest story that breaks something.

In full: `python -m tests.proof.simulation.run`.
"""

import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.proof.simulation.city import City, found
from tests.proof.simulation.deeds import DEEDS, Deed, attempt, subscribe
from tests.proof.simulation.edges import EDGES, edges_taken
from tests.proof.simulation.judging import judge
from tests.proof.simulation.run import run

READERS = 3
readers = st.integers(0, READERS - 1)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_small_city_breaks_no_invariant(engine: str) -> None:
    chronicle = run(engine, seed=7, days=4, readers=12)
    assert chronicle.broken == []
    assert chronicle.deeds > 5
    assert chronicle.subscriptions > 0


class Lives(RuleBasedStateMachine):
    """Readers, banks, dashboards, faults and time, in whatever order; judged whenever it has settled."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.city: City

    @initialize(seed=st.integers(0, 99))
    def found_a_city(self, seed: int) -> None:
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="paywall-lives-")))
        self.city = self.stack.enter_context(found(f"sqlite:///{folder / 'city.sqlite3'}", folder, seed))
        self.city.settle_readers(READERS)

    @rule(reader=readers)
    def somebody_subscribes(self, reader: int) -> None:
        attempt(self.city, subscribe, self.city.readers[reader])

    @rule(deed=st.sampled_from(sorted(DEEDS, key=lambda deed: deed.__name__)), reader=readers)
    def something_is_done(self, deed: Deed, reader: int) -> None:
        attempt(self.city, deed, self.city.readers[reader])

    @rule(share=st.sampled_from([0.3, 0.7, 1.0]))
    def events_arrive(self, share: float) -> None:
        self.city.deliver(share)

    @rule()
    def events_are_worked_off(self) -> None:
        self.city.drain()

    @rule(hours=st.sampled_from([1, 6, 24, 24 * 8, 24 * 31]))
    def time_passes(self, hours: int) -> None:
        self.city.time.move(hours=hours)
        self.city.sandbox.tick()

    @rule()
    def everything_settles(self) -> None:
        self.city.settle()
        assert [str(one) for one in judge(self.city)] == []

    def teardown(self) -> None:
        try:
            if hasattr(self, "city"):
                self.everything_settles()
        finally:
            self.stack.close()


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=6, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)


class TestTheListOfEdges:
    def test_knows_what_it_has_seen(self) -> None:
        found_one = {"status": "past_due", "cancel_at": None, "pause_collection": None, "schedule": None}
        event = {
            "type": "customer.subscription.updated",
            "data": {"object": found_one, "previous_attributes": {"status": "active"}},
        }
        assert edges_taken([event]) == {"active -> past_due"}
        assert edges_taken([event]) < EDGES
