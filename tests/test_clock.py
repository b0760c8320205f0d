"""The one clock."""

from datetime import timedelta

import pytest

from paywall import clock


class TestTheClock:
    @pytest.fixture(autouse=True)
    def _restore(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(clock, "_offset", timedelta())

    def test_business_time_can_be_turned_forward_only(self) -> None:
        clock.advance(timedelta(days=31))
        assert clock.now() - clock.wall() > timedelta(days=30)
        with pytest.raises(ValueError, match="forward"):
            clock.advance(timedelta(days=-1))
