"""Browsers at the gate, and what they see of an article."""

from typing import Any

from flask import Flask
from werkzeug.test import EnvironBuilder, TestResponse

from tests.readers import browser

CANARY = "Nine herons crossed the harbour before the ink was dry."
PREVIEW = "The preview stands here for everybody."
LEVELS = ("free", "registered", "metered", "subscribers")


class Browser(browser.Browser):
    """A browser that can tell what it was shown."""

    def __init__(self, app: Flask, **where: Any) -> None:
        super().__init__(app, **where)
        self.app = app

    def read(self, slug: str, **more: Any) -> TestResponse:
        """Open an article; the text is shown exactly where the decision says so."""
        answer = self.get(f"/articles/{slug}", **more)
        decision = answer.headers.get("Paywall-Decision", "")
        assert (CANARY in answer.text) == (decision.startswith("full")), decision
        assert PREVIEW in answer.text
        return answer

    def decision(self, slug: str, **more: Any) -> str:
        """Return what the gate says of an article."""
        return self.read(slug, **more).headers["Paywall-Decision"]

    def environ(self, path: str, cookies: str) -> dict[str, Any]:
        """Return the WSGI environ of a request with these cookies."""
        return EnvironBuilder(path, base_url=self.base_url, headers=[("Cookie", cookies)]).get_environ()

    def kept(self, name: str) -> str | None:
        found = self.client.get_cookie(f"__Host-{name}", "news.test", "/")
        return found.value if found else None

    def put(self, name: str, value: str) -> None:
        self.client.set_cookie(f"__Host-{name}", value, domain="news.test", path="/", secure=True)

    def copy(self, app: Flask | None = None) -> "Browser":
        """Return another browser with the same cookies, of another process if one is given."""
        other = Browser(app or self.app, host="news.test", address=self.address)
        for name in ("session", "pass", "visitor"):
            value = self.kept(name)
            if value:
                other.put(name, value)
        return other
