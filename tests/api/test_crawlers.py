"""Search engines on other people's sites: the publisher's server says where they call from, or their browser calls."""

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network

import pytest
from werkzeug.serving import make_server
from werkzeug.test import Client, TestResponse

from paywall.app import Product
from paywall.publishers.crawlers import set_crawlers
from paywall.publishers.keys.rules import Scope
from paywall.settings import Settings
from paywall.settings_values import Network
from paywall.wall.middleware import Paywall
from paywall.wall.remote.check import RemoteCheck
from tests.api.calling import VISITOR, Server
from tests.api.conftest import MakeKey
from tests.gate.crawlers.names import GOOGLEBOT, IN_GOOGLES_RANGES, RENTED, Names, until
from tests.gate.visits import CANARY, PREVIEW
from tests.wall.foreign import Site
from tests.wall.foreign import page as site_page

GOOGLE = {"address": IN_GOOGLES_RANGES, "userAgent": GOOGLEBOT}
FAKE = {"address": "203.0.113.9", "userAgent": GOOGLEBOT}


@pytest.fixture(autouse=True)
def names(product: Product) -> Names:
    product.gate.crawlers.resolver = Names()
    return product.gate.crawlers.resolver


class TestAServerThatSaysWhoCalls:
    def test_is_told_to_send_a_true_crawler_all_of_it(self, server: Server) -> None:
        said = server.ask("subscribers-0", network=GOOGLE)
        assert (said["extent"], said["reason"]) == ("full", "verified_crawler")

    def test_is_told_so_whatever_visitor_it_takes_it_for_and_nothing_is_counted(self, server: Server) -> None:
        for number in range(6):
            said = server.ask(f"metered-{number}", network=GOOGLE, visitor=VISITOR)
            assert said["reason"] == "verified_crawler"
        assert server.ask("metered-7", visitor=VISITOR)["viewsLeft"] == 2

    @pytest.mark.parametrize(
        "network",
        [
            FAKE,
            {**GOOGLE, "userAgent": "Mozilla/5.0"},
            {**GOOGLE, "userAgent": "bingbot"},
            {"address": IN_GOOGLES_RANGES},
        ],
    )
    def test_is_told_to_keep_it_from_everybody_else(self, server: Server, network: dict[str, str]) -> None:
        for _ in range(2):
            said = server.ask("subscribers-0", network=network)
            assert (said["extent"], said["reason"]) == ("preview", "subscription_required")

    def test_need_not_wait_for_name_servers(self, server: Server, names: Names) -> None:
        names.go.clear()
        network = {"address": RENTED, "userAgent": GOOGLEBOT}
        assert server.ask("subscribers-0", network=network)["extent"] == "preview"
        names.go.set()
        until(lambda: server.ask("subscribers-0", network=network)["reason"] == "verified_crawler")

    def test_is_told_what_the_publisher_has_said(self, server: Server, product: Product) -> None:
        with product.database.writing() as session:
            set_crawlers(session, 1, {"google": "preview"}, actor="tests")
        product.follower.poll()
        assert server.ask("subscribers-0", network=GOOGLE)["extent"] == "preview"

    def test_calling_from_a_crawlers_address_itself_opens_nothing(self, server: Server) -> None:
        here = {"environ_overrides": {"REMOTE_ADDR": IN_GOOGLES_RANGES}, "headers": {"User-Agent": GOOGLEBOT}}
        said = server.post("/v1/check", {"article": "subscribers-0"}, **here).json
        assert said is not None
        assert said["extent"] == "preview"

    def test_a_reader_who_is_named_goes_before(self, server: Server) -> None:
        said = server.ask("subscribers-0", network=GOOGLE, reader="made up")
        assert said["tokenError"] == "invalid_token"


class TestAPageThatACrawlerRenders:
    def test_gets_the_rest_by_the_pass_that_it_is_given(self, page: Server) -> None:
        here = {"environ_overrides": {"REMOTE_ADDR": IN_GOOGLES_RANGES}, "headers": {"User-Agent": GOOGLEBOT}}
        said = page.post("/v1/check", {"article": "subscribers-0"}, **here)
        assert said.json is not None
        assert said.json["reason"] == "verified_crawler"
        assert "Set-Cookie" not in said.headers
        bearer = {"Authorization": f"Bearer {said.json['pass']}"}
        assert CANARY in page.call("GET", "/v1/content/subscribers-0", headers=bearer).text
        assert page.call("GET", "/v1/content/subscribers-1", headers=bearer).status_code in (401, 403)

    def test_gets_nothing_where_it_only_says_that_it_is_one(self, page: Server) -> None:
        agent = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.9"}, "headers": {"User-Agent": GOOGLEBOT}}
        said = page.post("/v1/check", {"article": "subscribers-0"}, **agent).json
        assert said is not None
        assert (said["extent"], said["pass"]) == ("preview", None)


class TestAnotherSiteWithTheWallAroundIt:
    @pytest.fixture
    def address(self, product: Product) -> Iterator[str]:
        """Where the product is really served."""
        server = make_server("127.0.0.1", 0, product.flask, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.port}"
        server.shutdown()
        thread.join()

    @pytest.fixture
    def site(self, address: str, make_key: MakeKey) -> Client:
        check = RemoteCheck(address, make_key(Scope.CHECK), proxies=1, timeout_seconds=20)
        marked = site_page(
            f"<article class='text'><p>{PREVIEW}</p><!-- paywall --><p>{CANARY}</p></article>",
            '<meta name="paywall:article" content="subscribers-0">'
            '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Tides"}</script>',
        )
        return Client(Paywall(Site(marked), check))

    def ask(self, site: Client, forwarded: str) -> TestResponse:
        headers = {"User-Agent": GOOGLEBOT, "X-Forwarded-For": forwarded}
        return site.get("/tides", headers=headers, environ_overrides={"REMOTE_ADDR": "10.0.0.7"})

    def test_sends_a_true_crawler_the_whole_page_and_says_where_its_wall_is(self, site: Client) -> None:
        answer = self.ask(site, IN_GOOGLES_RANGES)
        assert CANARY in answer.text
        assert re.search(r'"isAccessibleForFree": ?false', answer.text)
        assert "cssSelector" in answer.text
        assert answer.headers["X-Robots-Tag"] == "noarchive, max-image-preview:large"
        assert answer.headers["Paywall-Decision"] == "full; reason=verified_crawler"
        assert answer.headers["Cache-Control"] == "private, no-store"

    def test_cuts_it_for_who_plays_one(self, site: Client) -> None:
        for forwarded in ("203.0.113.9", f"{IN_GOOGLES_RANGES}, 203.0.113.9"):
            answer = self.ask(site, forwarded)
            assert CANARY not in answer.text
            assert answer.headers["Paywall-Decision"] == "preview; reason=subscription_required"
            assert "X-Robots-Tag" not in answer.headers


class TestBehindNginx:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        trusted: tuple[Network, ...] = (ip_network("127.0.0.1/32"),)
        return replace(settings, trusted_proxies=trusted)

    @pytest.mark.parametrize(
        ("forwarded", "status", "said"),
        [
            (IN_GOOGLES_RANGES, 204, "full; reason=verified_crawler"),
            ("203.0.113.9", 403, "preview; reason=subscription_required"),
            (f"{IN_GOOGLES_RANGES}, 203.0.113.9", 403, "preview; reason=subscription_required"),
        ],
    )
    def test_the_page_is_opened_for_a_true_crawler(
        self, server: Server, forwarded: str, status: int, said: str
    ) -> None:
        headers = {"X-Original-URI": "/articles/subscribers-0", "X-Forwarded-For": forwarded, "User-Agent": GOOGLEBOT}
        answer = server.call("GET", "/v1/authorize", headers=headers)
        assert (answer.status_code, answer.headers["Paywall-Decision"]) == (status, said)
        assert "Set-Cookie" not in answer.headers
