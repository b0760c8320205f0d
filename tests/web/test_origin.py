"""Who may send a form: our own pages, and programs that are no pages."""

import pytest

from paywall.web.origin import is_ours

OWN = "https://news.test"


class TestARequest:
    @pytest.mark.parametrize(
        ("origin", "fetch_site"),
        [
            (OWN, "same-origin"),
            (OWN, None),
            (None, None),
            (None, "none"),
            (None, "same-origin"),
            ("null", "same-origin"),
        ],
    )
    def test_from_our_own_page_or_from_no_page_is_ours(self, origin: str | None, fetch_site: str | None) -> None:
        assert is_ours(origin, fetch_site, OWN)

    @pytest.mark.parametrize(
        ("origin", "fetch_site"),
        [
            ("https://evil.example", None),
            ("https://evil.example", "same-origin"),
            ("http://news.test", None),
            ("https://news.test:8443", None),
            ("https://news.test.evil.example", None),
            ("null", None),
            ("null", "cross-site"),
            (None, "cross-site"),
            (OWN, "same-site"),
            ("", None),
        ],
    )
    def test_from_anywhere_else_is_not(self, origin: str | None, fetch_site: str | None) -> None:
        assert not is_ours(origin, fetch_site, OWN)
