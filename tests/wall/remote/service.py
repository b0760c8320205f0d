"""The served product as the publisher's site sees it, and a browser that goes between the two."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import httpx
from werkzeug.serving import BaseWSGIServer
from werkzeug.test import Client, TestResponse

HOST = "127.0.0.1"
SITE = "https://www.paper.example"
CANARY = "Nine herons crossed the harbour before the ink of the ledger was dry."
PREVIEW = "The tide tables of Friday were wrong by an hour and nobody at the quay had noticed it yet."
TEXT = f"<p>{PREVIEW}</p><p>{CANARY} Everybody went home late, and nobody minded in the least.</p>"
PAGE = (
    f'<!doctype html><html><head><title>Tides</title></head><body><div class="article-body">{TEXT}</div></body></html>'
)
PASSWORD = "a good password"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Service:
    """Where it is, and a key for the site."""

    address: str
    key: str
    server: BaseWSGIServer
    entitle: Callable[[str, float], None] = field(default=lambda _email, _days: None)
    is_up: bool = True

    def warm(self) -> None:
        """Ask once with patience: the first question has more to do, and the client waits two seconds."""
        headers = {"Authorization": f"Bearer {self.key}"}
        for question in ({"article": "free-0", "words": True}, {"article": "metered-3", "count": False, "words": True}):
            httpx.post(f"{self.address}/v1/check", json=question, headers=headers, timeout=60).raise_for_status()
        httpx.get(f"{self.address}/signup", timeout=60)

    def stop(self) -> None:
        if self.is_up:
            self.is_up = False
            self.server.shutdown()
            self.server.server_close()


class Browser:
    """A browser at the publisher's site, that also goes to the service when it is sent there."""

    def __init__(self, site: Client, service: Service, suffix: str = "") -> None:
        self.site, self.service, self.suffix = site, service, suffix
        self.there = httpx.Client(base_url=service.address, timeout=30)

    def read(self, name: str) -> TestResponse:
        answer = self.site.get(f"/news/{name}{self.suffix}", base_url=SITE)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert PREVIEW in answer.text
        assert (CANARY in answer.text) == answer.headers["Paywall-Decision"].startswith("full")
        return answer

    def decision(self, name: str) -> str:
        return self.read(name).headers["Paywall-Decision"]

    def sign_up(self, email: str, days: float | None) -> None:
        """Make an account at the service; with a subscription where `days` are given."""
        found = _TOKEN.search(self.there.get("/signup").text)
        assert found
        form = {"email": email, "password": PASSWORD, "csrf_token": found[1]}
        assert self.there.post("/signup", data=form, headers={"Origin": self.service.address}).status_code == 303
        if days is not None:
            self.service.entitle(email, days)

    def come_back_signed_in(self, path: str) -> TestResponse:
        """Follow "Sign in" to the service, where one is signed in already, and back."""
        out = self.site.get(f"/_paywall/sign-in?next={path}", base_url=SITE)
        assert out.status_code == 303
        back = self.there.get(out.headers["Location"])
        assert back.status_code == 303, back.text[:300]
        where = urlsplit(back.headers["Location"])
        assert f"{where.scheme}://{where.netloc}" == SITE
        return self.site.get(f"{where.path}?{where.query}", base_url=SITE)

    def cookie(self, name: str) -> str | None:
        found = self.site.get_cookie(f"__Host-paywall_{name}", "www.paper.example", "/")
        return found.value if found else None


def cookies_of(answer: TestResponse) -> SimpleCookie:
    jar = SimpleCookie()
    for one in answer.headers.getlist("Set-Cookie"):
        jar.load(one)
    return jar
