"""What passes are for: the text for who shows one, proxies that ask for each page, keys that follow one another."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from paywall import clock
from paywall.app import Product
from paywall.gate.signed_passes.keychain import rotate_pass_key
from paywall.gate.signed_passes.sealing import Seal
from tests.api.calling import SITE, VISITOR, Server
from tests.gate.visits import CANARY, Browser


def show(product: Product, token: str, article: str = "metered-0", **headers: str) -> TestResponse:
    client = product.flask.test_client(use_cookies=False)
    with_pass = {"Authorization": f"Bearer {token}", **headers}
    return client.get(f"/v1/content/{article}", base_url="https://news.test", headers=with_pass)


class TestTheText:
    def test_is_for_who_shows_a_pass_for_it(self, server: Server, product: Product) -> None:
        answer = show(product, server.ask("metered-0", visitor=VISITOR)["pass"])
        assert (answer.status_code, answer.mimetype) == (200, "text/html")
        assert CANARY in answer.text
        assert answer.headers["Cache-Control"] == "private, no-store"

    def test_of_another_article_is_not(self, server: Server, product: Product) -> None:
        answer = show(product, server.ask("metered-0", visitor=VISITOR)["pass"], "metered-1")
        assert answer.status_code == 403
        assert CANARY not in answer.text

    def test_is_not_for_who_opened_an_article_that_is_called_like_all_of_them(
        self, server: Server, product: Product, site: str, add: Callable[..., None]
    ) -> None:
        add("all", key="*", url=f"{site}/all")
        answer = server.post("/v1/check", {"url": f"{site}/all", "visitor": VISITOR})
        said = answer.json or {}
        assert (said["extent"], said["reason"]) == ("full", "metered")
        for token in [said["pass"]] if said["pass"] else []:
            assert show(product, token, "subscribers-0").status_code == 403
            assert server.ask("subscribers-0", **{"pass": token})["extent"] == "preview"

    def test_is_not_for_who_shows_none(self, product: Product) -> None:
        for token in ("", "x"):
            assert show(product, token).status_code == 401

    def test_that_the_publisher_keeps_is_not_here(
        self, server: Server, product: Product, add: Callable[..., None]
    ) -> None:
        add("elsewhere", body_html="")
        assert show(product, server.ask("elsewhere", visitor=VISITOR)["pass"], "elsewhere").status_code == 404

    @pytest.mark.parametrize("key", ["https://www.paper.test/?p=12", "https://www.paper.test/news/", "2026/11//a b"])
    def test_of_an_article_that_came_by_a_feed_and_is_known_by_its_link_is_found(
        self, server: Server, product: Product, site: str, add: Callable[..., None], key: str
    ) -> None:
        add("by-link", key=key, url=f"{site}/by-link")
        token = (server.post("/v1/check", {"url": f"{site}/by-link", "visitor": VISITOR}).json or {})["pass"]
        answer = show(product, token, quote(key, safe=""), Origin=site)
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, site)
        assert CANARY in answer.text
        client = product.flask.test_client(use_cookies=False)
        asked = client.options(
            f"/v1/content/{quote(key, safe='')}", base_url="https://news.test", headers={"Origin": site}
        )
        assert (asked.status_code, asked.headers["Access-Control-Allow-Origin"]) == (204, site)

    def test_may_be_read_by_pages_of_the_publisher_alone(self, server: Server, product: Product, site: str) -> None:
        token = server.ask("metered-0", visitor=VISITOR)["pass"]
        assert show(product, token, Origin=site).headers["Access-Control-Allow-Origin"] == SITE
        assert "Access-Control-Allow-Origin" not in show(product, token, Origin="https://evil.example").headers


class TestAProxy:
    def _ask(self, server: Server, uri: str, **headers: str) -> TestResponse:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return server.call("GET", "/v1/authorize", headers={"X-Original-URI": uri, **more})

    def test_is_told_by_the_status_and_why_by_a_header(self, server: Server) -> None:
        opened = self._ask(server, "/articles/metered-0?utm_source=x")
        assert (opened.status_code, opened.data) == (204, b"")
        assert opened.headers["Paywall-Decision"] == "full; reason=metered; left=2"
        assert opened.headers["Paywall-Set-Visitor"].startswith("__Host-visitor=")
        assert opened.headers["X-Paywall-Pass"]
        shut = self._ask(server, "/articles/subscribers-0")
        assert (shut.status_code, shut.headers["Paywall-Decision"]) == (403, "preview; reason=subscription_required")
        assert (shut.mimetype, (shut.json or {})["code"]) == ("application/problem+json", "preview")
        assert "X-Paywall-Pass" not in shut.headers

    def test_takes_no_view_for_what_does_not_count(self, server: Server) -> None:
        for more in ({"X_Original_Method": "HEAD"}, {"Sec_Purpose": "prefetch"}, {"Purpose": "prefetch"}):
            answer = self._ask(server, "/articles/metered-0", **more)
            assert (answer.status_code, answer.headers["Paywall-Decision"]) == (403, "preview; reason=metered; left=3")

    def test_finds_an_article_by_its_address_on_the_site(
        self, server: Server, site: str, add: Callable[..., None]
    ) -> None:
        add("harbour", access="free", url=f"{site}/news/harbour")
        assert self._ask(server, "/news/harbour/?utm_source=x").status_code == 204
        assert self._ask(server, "/news/another").status_code == 404

    def test_is_told_of_what_lives_at_an_address_and_not_of_what_only_has_such_a_name(
        self, server: Server, site: str, add: Callable[..., None]
    ) -> None:
        add("harbour", access="free", url=f"{site}/news/of-the-harbour")
        add("locked", access="subscribers", url=f"{site}/articles/harbour")
        assert self._ask(server, "/articles/harbour").status_code == 403
        assert self._ask(server, "/articles/harbour?print=1").status_code == 403
        assert self._ask(server, "/news/of-the-harbour?x=1").status_code == 204

    @pytest.mark.parametrize("uri", ["", "articles/free-0", "//evil.example/", "https://evil.example/"])
    def test_is_refused_without_a_path(self, server: Server, uri: str) -> None:
        answer = self._ask(server, uri)
        assert (answer.status_code, (answer.json or {})["errors"][0]["field"]) == (400, "X-Original-URI")

    @pytest.mark.usefixtures("site")
    @pytest.mark.parametrize("uri", ["/\t/[x", "/\t/news.test/articles/free-0", "/[", "/articles/free-0\t"])
    def test_is_told_of_no_article_at_a_path_that_no_address_has(self, server: Server, uri: str) -> None:
        assert self._ask(server, uri).status_code in (400, 404)

    def test_lets_a_payer_in_by_our_cookies(
        self, server: Server, browser: Browser, entitle: Callable[..., None]
    ) -> None:
        browser.sign_up("leyla@example.org")
        entitle(1)
        answer = self._ask(server, "/articles/subscribers-0", Cookie=f"__Host-session={browser.cookie()}")
        assert (answer.status_code, answer.headers["Paywall-Decision"]) == (204, "full; reason=subscribed")
        assert answer.headers["Paywall-Set-Pass"].startswith("__Host-pass=")


class TestAKeyThatSigns:
    def _rotate(self, product: Product, *, at_once: bool = False) -> None:
        with product.database.writing() as session:
            rotate_pass_key(session, Seal(product.settings.secret_key), 1, at_once=at_once, actor="tests")
        product.follower.poll()

    def _known(self, product: Product) -> list[str]:
        answer = product.flask.test_client().get("/.well-known/jwks.json", base_url="https://news.test")
        return [key["kid"] for key in (answer.json or {})["keys"]]

    def test_is_followed_by_one_that_is_known_a_day_before_and_stays_known_a_day_after(
        self, server: Server, product: Product, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        signing = product.gate.keychain.signing_key
        first = signing(1, clock.wall()).kid
        self._rotate(product)
        assert self._known(product)[0] == first
        assert len(self._known(product)) == 2
        now = datetime.now(UTC)
        assert signing(1, now + timedelta(hours=23)).kid == first
        second = signing(1, now + timedelta(hours=25)).kid
        assert second == self._known(product)[1]
        monkeypatch.setattr(clock, "wall", lambda: now + timedelta(hours=47))
        assert self._known(product) == [first, second]
        monkeypatch.setattr(clock, "wall", lambda: now + timedelta(hours=49))
        assert self._known(product) == [second]
        assert server.ask("metered-0", visitor=VISITOR)["pass"]

    def test_that_was_seen_by_somebody_ends_at_once_with_its_passes(self, server: Server, product: Product) -> None:
        shown = server.ask("metered-0", visitor=VISITOR)["pass"]
        self._rotate(product, at_once=True)
        assert show(product, shown).status_code == 401
        assert len(self._known(product)) == 1

    def test_is_sealed_with_the_deployments_secret(self, product: Product) -> None:
        key = product.gate.keychain.signing_key(1, clock.wall())
        assert key.private
        seal = Seal(product.settings.secret_key)
        sealed = seal.put_away(key.private.as_dict(private=True))
        assert seal.take_out(sealed) == key.private.as_dict(private=True)
        assert Seal("another secret of thirty-two bytes").take_out(sealed) is None
