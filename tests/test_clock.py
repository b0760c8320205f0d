"""The one clock."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from paywall import clock


@pytest.fixture(autouse=True)
def _restored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_offset", timedelta())
    monkeypatch.setattr(clock, "_file", None)


def ahead() -> timedelta:
    return clock.now() - clock.wall()


class TestTheClock:
    def test_business_time_can_be_turned_forward_only(self) -> None:
        clock.advance(timedelta(days=31))
        assert ahead() > timedelta(days=30)
        with pytest.raises(ValueError, match="forward"):
            clock.advance(timedelta(days=-1))


class TestAClockThatIsShared:
    def test_stands_where_it_was_after_a_restart(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        clock.follow(tmp_path / "clock")
        clock.advance(timedelta(days=31, seconds=0.5))
        monkeypatch.setattr(clock, "_offset", timedelta())
        clock.follow(tmp_path / "clock")
        assert ahead() > timedelta(days=30)

    def test_is_turned_by_another_process(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(clock, "LOOK_SECONDS", 0)
        clock.follow(tmp_path / "clock")
        turn = (
            "import sys; from pathlib import Path; from datetime import timedelta; from paywall import clock;"
            "clock.follow(Path(sys.argv[1])); clock.advance(timedelta(days=7))"
        )
        subprocess.run([sys.executable, "-c", turn, str(tmp_path / "clock")], check=True)
        assert ahead() > timedelta(days=6)
        clock.advance(timedelta(days=7))
        assert ahead() > timedelta(days=13), "two who turn add up"

    def test_does_not_ask_the_file_at_every_look_at_the_time(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clock.follow(tmp_path / "clock")
        looks: list[None] = []
        monkeypatch.setattr(clock, "look", lambda: looks.append(None))
        for _ in range(1000):
            clock.now()
        assert not looks

    def test_never_goes_back_though_the_file_does(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(clock, "LOOK_SECONDS", 0)
        clock.follow(tmp_path / "clock")
        clock.advance(timedelta(days=2))
        (tmp_path / "clock").write_text("5")
        assert ahead() > timedelta(days=1)

    @pytest.mark.parametrize("content", [b"", b"soon", b"\xff", b"1e400"])
    def test_refuses_a_file_that_holds_something_else(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "clock").write_bytes(content)
        with pytest.raises(ValueError, match=r"."):
            clock.follow(tmp_path / "clock")
