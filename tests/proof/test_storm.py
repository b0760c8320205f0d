"""The storm in small: `python -m tests.proof.storm` blows in full."""

from pathlib import Path

from tests.proof.storm import Wind, blow


class TestAStorm:
    def test_loses_doubles_and_falsifies_nothing(self, database_url: str, tmp_path: Path) -> None:
        outcome = blow(database_url, tmp_path, Wind(deliveries=90, kill_ms=300))
        assert outcome.kills > 0
        assert outcome.sent >= 3 * outcome.events
        assert (outcome.lost, outcome.doubled, outcome.wrong) == (0, 0, 0), str(outcome)
