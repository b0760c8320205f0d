"""Edge passes: what a web server in front checks by itself."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from paywall.gate import edge_passes
from paywall.gate.edge_passes import edge_secret, mint, signature
from paywall.web.cookies import EDGE_COOKIES
from tests.gate.visits import Browser

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
SECRET = edge_secret("k" * 32, 1, 0)


class TestAnEdgePass:
    def test_holds_for_five_minutes_and_is_to_be_renewed_after_two(self) -> None:
        kept, fresh = edge_passes.cookies(SECRET, NOW)
        assert _end(kept.value) == NOW + timedelta(seconds=kept.seconds) == NOW + timedelta(minutes=5)
        assert fresh == (edge_passes.IS_FRESH, edge_passes.FRESH, 120)

    def test_never_outlives_the_right_it_stands_for(self) -> None:
        assert _end(mint(SECRET, NOW, NOW + timedelta(seconds=30))) == NOW + timedelta(seconds=30)

    @given(st.integers(1, 2**40), st.integers(1, 2**40), st.integers(0, 9), st.integers(0, 9))
    def test_every_publisher_and_every_number_has_a_secret_of_its_own(self, a: int, b: int, m: int, n: int) -> None:
        same = edge_secret("k" * 32, a, m) == edge_secret("k" * 32, b, n)
        assert same == ((a, m) == (b, n))

    def test_a_changed_end_has_another_signature(self) -> None:
        assert signature(SECRET, 100) != signature(SECRET, 1000)


class TestSigningOut:
    def test_the_browser_is_told_to_forget_its_edge_passes(self, browser: Browser) -> None:
        browser.sign_up("edge@example.com")
        for name in EDGE_COOKIES:
            browser.client.set_cookie(name, "1.x", domain="news.test", path="/", secure=True)
        browser.post("/logout")
        assert not any(browser.client.get_cookie(name, "news.test", "/") for name in EDGE_COOKIES)


def _end(value: str) -> datetime:
    return datetime.fromtimestamp(int(value.split(".", maxsplit=1)[0]), UTC)
