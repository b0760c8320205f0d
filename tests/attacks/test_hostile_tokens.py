"""Passes that are none: whoever shows one is a visitor, and nothing that a token names is ever fetched."""

import socket
from datetime import UTC, datetime
from typing import Any

import pytest
from werkzeug.test import TestResponse

from paywall import clock
from paywall.app import Product
from paywall.publishers.keys.making import NewKey, create_key
from paywall.publishers.keys.rules import Scope
from tests.attacks.hostile_tokens import TOKENS, Forge
from tests.gate.visits import CANARY


class Site:
    """A publisher's server that passes on whatever browsers show."""

    def __init__(self, product: Product) -> None:
        new = NewKey("a key", frozenset({Scope.CHECK}))
        with product.database.writing() as session:
            self.key = create_key(session, 1, new, actor="tests")
        self.client = product.flask.test_client(use_cookies=False)

    def check(self, token: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.key}"}
        question = {"article": "subscribers-0", "pass": token}
        answer = self.client.post("/v1/check", json=question, headers=headers, base_url="https://news.test")
        assert answer.status_code == 200
        said: dict[str, Any] = answer.json or {}
        return said

    def authorize(self, token: str) -> TestResponse:
        headers = {
            "Authorization": f"Bearer {self.key}",
            "X-Original-URI": "/articles/subscribers-0",
            "X-Paywall-Pass": token,
        }
        return self.client.get("/v1/authorize", headers=headers, base_url="https://news.test")

    def content(self, token: str) -> TestResponse:
        headers = {"Authorization": f"Bearer {token}"}
        return self.client.get("/v1/content/subscribers-0", headers=headers, base_url="https://news.test")


@pytest.fixture
def site(product: Product) -> Site:
    return Site(product)


@pytest.fixture
def forge(product: Product) -> Forge:
    return Forge(product)


@pytest.fixture
def outgoing(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every attempt to reach anybody, or to look a name up; none succeeds."""
    tried: list[Any] = []

    def refuse(*what: Any, **_more: Any) -> Any:
        tried.append(what)
        raise OSError("nothing leaves this test")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    return tried


class TestAHostileToken:
    @pytest.mark.parametrize("name", TOKENS)
    def test_opens_nothing_and_has_nothing_fetched(
        self, site: Site, forge: Forge, outgoing: list[Any], name: str
    ) -> None:
        token = TOKENS[name](forge)
        said = site.check(token)
        assert (said["extent"], said["reason"]) == ("preview", "subscription_required")
        assert (said["tokenError"], said["pass"]) == ("invalid_token", None)
        if "\n" not in token:
            for answer in (site.authorize(token), site.content(token)):
                assert answer.status_code == 401
                assert CANARY not in answer.text
        assert outgoing == []

    def test_is_one_of_at_least_thirty(self) -> None:
        assert len(TOKENS) >= 30


class TestAGoodToken:
    @pytest.mark.parametrize("age", [0, 240, 300, 300 + 59])
    def test_opens_until_a_minute_past_its_end(
        self, site: Site, forge: Forge, age: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(clock, "wall", lambda: datetime.fromtimestamp(forge.now, UTC))
        token = forge.token(iat=forge.now - age, exp=forge.now - age + 300)
        said = site.check(token)
        assert (said["extent"], said["reason"], said["tokenError"]) == ("full", "subscribed", None)
        assert site.authorize(token).status_code == 204
        assert CANARY in site.content(token).text

    def test_is_judged_anew_each_time(self, site: Site, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
        token = forge.token()
        assert site.check(token)["extent"] == "full"
        later = clock.wall().replace(year=clock.wall().year + 1)
        monkeypatch.setattr(clock, "wall", lambda: later)
        assert site.check(token)["tokenError"] == "invalid_token"

    def test_is_seen_by_a_guard_that_sees_everything(self, outgoing: list[Any]) -> None:
        with pytest.raises(OSError, match="nothing leaves"):
            socket.create_connection(("evil.example", 1))
        with pytest.raises(OSError, match="nothing leaves"):
            socket.socket().connect(("127.0.0.1", 1))
        assert len(outgoing) == 2
