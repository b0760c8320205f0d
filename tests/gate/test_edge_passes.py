"""Edge passes: what a web server in front checks by itself."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from paywall.gate import edge_passes
from paywall.gate.edge_passes import FRESH, KEPT, edge_secret, mint, signature
from tests.gate.visits import Browser

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
SECRET = edge_secret("k" * 32, 1, 0)


class TestAnEdgePass:
    def test_one_is_to_be_renewed_after_two_minutes_and_one_holds_for_five(self) -> None:
        assert _end(mint(SECRET, FRESH, NOW)) == NOW + timedelta(minutes=2)
        assert _end(mint(SECRET, KEPT, NOW)) == NOW + timedelta(minutes=5)

    def test_it_never_outlives_the_right_it_stands_for(self) -> None:
        assert _end(mint(SECRET, KEPT, NOW, NOW + timedelta(seconds=30))) == NOW + timedelta(seconds=30)

    def test_the_one_is_not_taken_for_the_other(self) -> None:
        fresh, kept = (mint(SECRET, kind, NOW, NOW + timedelta(seconds=9)) for kind in (FRESH, KEPT))
        assert fresh.split(".")[0] == kept.split(".")[0]
        assert fresh != kept

    @given(st.integers(1, 2**40), st.integers(1, 2**40), st.integers(0, 9), st.integers(0, 9))
    def test_every_publisher_and_every_number_has_a_secret_of_its_own(self, a: int, b: int, m: int, n: int) -> None:
        same = edge_secret("k" * 32, a, m) == edge_secret("k" * 32, b, n)
        assert same == ((a, m) == (b, n))

    def test_a_changed_end_has_another_signature(self) -> None:
        assert signature(SECRET, FRESH, 100) != signature(SECRET, FRESH, 1000)


class TestSigningOut:
    def test_the_browser_is_told_to_forget_its_edge_passes(self, browser: Browser) -> None:
        browser.sign_up("edge@example.com")
        for kind in edge_passes.KINDS:
            browser.client.set_cookie(kind.cookie, "1.x", domain="news.test", path="/", secure=True)
        browser.post("/logout")
        assert not any(browser.client.get_cookie(kind.cookie, "news.test", "/") for kind in edge_passes.KINDS)


def _end(value: str) -> datetime:
    return datetime.fromtimestamp(int(value.split(".", maxsplit=1)[0]), UTC)
