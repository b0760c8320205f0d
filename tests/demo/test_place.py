"""What the demo does once in its life."""

from pathlib import Path

from paywall.demo.place import Place


class TestAPlace:
    def test_lets_the_company_come_only_once(self, tmp_path: Path) -> None:
        place = Place(tmp_path, "http://127.0.0.1:8000")
        assert [place.is_first_time("company") for _ in range(3)] == [True, False, False]
