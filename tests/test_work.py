"""Work that goes by business time: once in so long, and at once when the clock is turned."""

from datetime import datetime, timedelta

import pytest

from paywall import clock
from paywall.work import Rhythm

MINUTE = timedelta(minutes=1)


@pytest.fixture
def runs() -> list[datetime]:
    return []


class TestARhythm:
    def test_begins_at_once_and_then_waits(self, runs: list[datetime]) -> None:
        rhythm = Rhythm(MINUTE, runs.append)
        for _ in range(3):
            rhythm()
        assert len(runs) == 1

    def test_hears_of_a_clock_that_was_turned(self, runs: list[datetime], monkeypatch: pytest.MonkeyPatch) -> None:
        rhythm = Rhythm(MINUTE, runs.append)
        for minutes in (0, 0.5, 1, 60 * 24):
            monkeypatch.setattr(clock, "_offset", timedelta(minutes=minutes))
            rhythm()
        assert [round((one - runs[0]) / MINUTE) for one in runs] == [0, 1, 60 * 24]

    def test_goes_on_after_a_failure_at_its_own_pace(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tries: list[datetime] = []

        def fail(now: datetime) -> None:
            tries.append(now)
            raise OSError

        rhythm = Rhythm(MINUTE, fail)
        for minutes in (0, 0, 2):
            monkeypatch.setattr(clock, "_offset", timedelta(minutes=minutes))
            try:
                rhythm()
            except OSError:
                continue
        assert len(tries) == 2
