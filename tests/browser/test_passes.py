"""The guide's JavaScript verifies a pass in a real Chromium, with no call but for the public keys."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import Browser, Page

from paywall.app import Product
from tests.api.calling import VISITOR, Server
from tests.api.conftest import make_key, server  # noqa: F401 - fixtures
from tests.api.guides import example
from tests.gate.conftest import product, settings  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


class _Blank(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page of an origin that may use the browser's cryptography."""
    blank = HTTPServer(("127.0.0.1", 0), _Blank)
    threading.Thread(target=blank.serve_forever, daemon=True).start()
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{blank.server_port}/")
    yield page
    page.close()
    blank.shutdown()


class TestTheGuidesJavaScript:
    def test_opens_what_the_pass_is_for_and_nothing_else(self, page: Page, product: Product, server: Server) -> None:  # noqa: F811
        code = example(
            "passes.md", "javascript", {"https://members.paper.example": "https://news.test", "'paper'": "'news'"}
        )
        shown = str(server.ask("metered-0", visitor=VISITOR)["pass"])
        keys = product.flask.test_client().get("/.well-known/jwks.json", base_url="https://news.test").text
        bent = shown[:-6] + ("AAAA" if shown[-6:-2] != "AAAA" else "BBBB") + shown[-2:]

        def opens(token: str, article: str) -> object:
            call = f"opens({json.dumps(token)}, {json.dumps(article)}, {keys})"
            return page.evaluate(f"async () => {{ {code}\nreturn await {call} }}")

        assert opens(shown, "metered-0") is True
        assert opens(shown, "metered-1") is False
        assert opens(bent, "metered-0") is False
