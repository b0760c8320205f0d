"""`/embed.js` as it is served: small, cached, for pages of any origin, and without what a strict page forbids."""

import gzip
import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from paywall.api import embed
from paywall.app import Product

MOST_BYTES = 5 * 1024
SOURCE = embed.SOURCE.read_text()


@pytest.fixture
def app(product: Product) -> Flask:
    return product.flask


def fetched(app: Flask, **headers: str) -> TestResponse:
    return app.test_client().get("/embed.js", base_url="https://news.test", headers=headers)


class TestTheScript:
    def test_is_at_most_five_kilobytes_on_the_wire(self, app: Flask) -> None:
        answer = fetched(app, **{"Accept-Encoding": "gzip, br"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert len(answer.data) <= MOST_BYTES
        assert gzip.decompress(answer.data) == fetched(app).data

    def test_is_its_source_without_comments_and_indents(self, app: Flask) -> None:
        served = fetched(app).text.splitlines()
        assert served == [bare for line in SOURCE.splitlines() if (bare := line.strip()) and not bare.startswith("//")]

    def test_may_be_loaded_by_any_page(self, app: Flask) -> None:
        headers = fetched(app, Origin="https://www.paper.test").headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert headers["X-Content-Type-Options"] == "nosniff"

    def test_is_kept_and_asked_about_again(self, app: Flask) -> None:
        for encoding in ("gzip", "identity"):
            first = fetched(app, **{"Accept-Encoding": encoding})
            assert "max-age=3600" in first.headers["Cache-Control"]
            assert "stale-if-error" in first.headers["Cache-Control"]
            assert "Accept-Encoding" in first.headers["Vary"]
            again = fetched(app, **{"Accept-Encoding": encoding, "If-None-Match": first.headers["ETag"]})
            assert (again.status_code, again.data) == (304, b"")

    def test_sets_no_cookie(self, app: Flask) -> None:
        assert "Set-Cookie" not in fetched(app).headers

    @pytest.mark.parametrize(
        "what",
        [r"\beval\b", "new Function", r"document\.write", r"\.style\b", "style=", "'message'", "postMessage", "import"],
    )
    def test_uses_nothing_that_a_strict_page_forbids(self, what: str) -> None:
        assert not re.search(what, embed.PLAIN.decode())
