"""The whole product around a publisher's own site, in one process and on one host."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog
from flask import Flask
from werkzeug.test import TestResponse

from paywall import clock
from paywall.app import Product
from paywall.articles.item import Item
from paywall.articles.keeping import draft_of, put_article
from paywall.articles.rules import AccessLevel
from paywall.database import Database
from paywall.local import LocalPaywall
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import Profile
from paywall.publishers.sites import add_site
from tests.gate.conftest import entitle, product, settings  # noqa: F401 - fixtures
from tests.gate.test_outage import cut  # noqa: F401 - a fixture
from tests.gate.visits import Browser

TEXT = "<p>The tide tables of Friday were wrong by an hour.</p><p>Nine herons crossed before the ink was dry.</p>"
LOCKED = "Nine herons crossed before the ink was dry."
SITE = "https://news.test"


@pytest.fixture
def site(product: Product, database: Database, publisher: Profile) -> LocalPaywall:  # noqa: F811
    app = Flask("paper", static_folder=None)
    app.add_url_rule("/", "front", lambda: "<h1>The Paper</h1>")
    app.add_url_rule("/static/site.css", "css", lambda: "p { color: black }")
    app.add_url_rule("/news/<name>", "news", lambda name: f'<title>{name}</title><div class="text">{TEXT}</div>')
    app.add_url_rule("/articles/<name>", "articles", lambda name: f"<p>{name} of the site itself</p>")
    with database.writing() as session:
        add_site(session, publisher.id, SITE, actor="tests")
        profile = read_profile(session, publisher.id)
        for level in AccessLevel:
            for number in range(5):
                name = f"story-{level}-{number}"
                item = Item("", name, "", title=name, link=f"{SITE}/news/{name}", access=level)
                put_article(session, publisher.id, draft_of(item, profile), clock.now())
    product.follower.poll()
    wall = LocalPaywall(app.wsgi_app, product, cut="div.text")
    app.wsgi_app = wall  # type: ignore[method-assign]
    return wall


@pytest.fixture
def reader(site: LocalPaywall) -> Browser:
    app = Flask("outer")
    app.wsgi_app = site  # type: ignore[method-assign]
    return Browser(app)


def read(browser: Browser, name: str) -> TestResponse:
    answer = browser.get(f"/news/{name}")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert (LOCKED in answer.text) == answer.headers["Paywall-Decision"].startswith("full")
    return answer


class TestItsLogs:
    """The complaint: around a site of its own the service's lines had whole addresses in them, at every level."""

    @pytest.fixture(autouse=True)
    def _environment(self, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        found = structlog.get_config() if structlog.is_configured() else None
        structlog.reset_defaults()
        for name, value in {
            "SECRET_KEY": "0123456789abcdef" * 2,
            "BASE_URL": SITE,
            "ENV": "test",
            "LOG_LEVEL": "error",
        }.items():
            monkeypatch.setenv(f"PAYWALL_{name}", value)
        monkeypatch.setenv("PAYWALL_DATABASE_URL", database_url)
        yield
        structlog.reset_defaults()
        if found is not None:
            structlog.configure(**found)

    def test_are_as_its_settings_say_and_hold_no_whole_address(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.say(LocalPaywall(Flask("paper").wsgi_app))
        said = capsys.readouterr()
        assert (said.out, "r…@example.org" in said.err, "quiet" in said.err) == ("", True, False)

    def test_go_where_the_site_sends_its_own(self, capsys: pytest.CaptureFixture[str]) -> None:
        structlog.configure(logger_factory=structlog.PrintLoggerFactory())
        self.say(LocalPaywall(Flask("paper").wsgi_app))
        said = capsys.readouterr()
        assert ("quiet" in said.out, said.err) == (True, "")

    def say(self, wall: LocalPaywall) -> None:
        try:
            log = structlog.get_logger()
            log.warning("quiet")
            log.error("loud", about="reader@example.org")
        finally:
            wall.product.stop()


class TestAVisitor:
    def test_reads_the_allowance_and_is_invited_to_pages_of_the_same_host(self, reader: Browser) -> None:
        said = [read(reader, f"story-metered-{n}").headers["Paywall-Decision"].partition(";")[0] for n in range(5)]
        assert said == ["full"] * 3 + ["preview"] * 2
        page = read(reader, "story-subscribers-0").text
        assert 'href="/subscribe?next=/news/story-subscribers-0"' in page
        assert reader.get("/login").status_code == 200

    def test_sees_the_site_s_own_pages_as_they_are(self, reader: Browser) -> None:
        assert reader.get("/").text == "<h1>The Paper</h1>"
        assert reader.get("/articles/x").text == "<p>x of the site itself</p>"
        assert reader.get("/static/site.css").text == "p { color: black }"
        assert reader.get("/static/paper.css").status_code == 200
        assert reader.get("/feed.xml").status_code == 404

    def test_sees_a_page_whole_that_is_no_article_here(self, reader: Browser) -> None:
        assert LOCKED in reader.get("/news/unknown").text


class TestAnArticle:
    @pytest.mark.parametrize("behind", ["?print=1", "?x={", "?" + "x" * 3_000, "?utm_id=1"])
    def test_is_the_same_whatever_is_written_behind_its_address(self, reader: Browser, behind: str) -> None:
        assert read(reader, f"story-subscribers-0{behind}").headers["Paywall-Decision"].startswith("preview")

    @pytest.mark.parametrize("when", [{"embargoed_until": 1}, {"published_at": 1}, {"withdrawn_at": -1}])
    def test_that_is_not_there_yet_or_no_more_is_not_shown_though_the_site_has_it(
        self, site: LocalPaywall, reader: Browser, database: Database, when: dict[str, int]
    ) -> None:
        moment: dict[str, Any] = {name: clock.now() + timedelta(days=days) for name, days in when.items()}
        with database.writing() as session:
            item = Item("", "late", "", title="Late", link=f"{SITE}/news/late", access=AccessLevel.FREE, **moment)
            put_article(session, 1, draft_of(item, read_profile(session, 1)), clock.now())
        site.product.follower.poll()
        assert read(reader, "late").headers["Paywall-Decision"].startswith("preview")


class TestAMadeUpHost:
    def test_opens_no_article(self, reader: Browser) -> None:
        reader.base_url = "https://evil.example"
        for name in ("story-subscribers-0", "story-metered-0", "story-free-0"):
            assert read(reader, name).headers["Paywall-Decision"].startswith("preview")
        assert reader.get("/").text == "<h1>The Paper</h1>"


class TestWithoutTheDatabase:
    """Articles that nobody has asked for since the process began: what they are can't be looked up."""

    def test_they_stay_shut(self, reader: Browser, cut: Callable[[], None]) -> None:  # noqa: F811
        read(reader, "story-free-0")
        cut()
        answer = read(reader, "story-subscribers-0")
        assert answer.headers["Paywall-Decision"] == "preview; reason=database_unavailable"
        assert answer.headers["Paywall-Degraded"] == "database"

    def test_they_open_for_who_has_paid(
        self,
        reader: Browser,
        entitle: Callable[..., None],  # noqa: F811
        cut: Callable[[], None],  # noqa: F811
    ) -> None:
        reader.sign_up("leyla@example.org")
        entitle(1)
        read(reader, "story-subscribers-0")
        cut()
        assert read(reader, "story-subscribers-3").headers["Paywall-Decision"] == "full; reason=subscribed"

    def test_a_publisher_who_can_not_be_looked_up_opens_none(
        self,
        site: LocalPaywall,
        reader: Browser,
        cut: Callable[[], None],  # noqa: F811
    ) -> None:
        site.product.profiles._by_host.clear()
        site.product.profiles._by_id.clear()
        cut()
        assert read(reader, "story-subscribers-0").headers["Paywall-Decision"].startswith("preview")


class TestASubscriber:
    def test_signs_up_and_reads_on_the_same_host(self, reader: Browser, entitle: Callable[..., None]) -> None:  # noqa: F811
        reader.sign_up("leyla@example.org")
        assert read(reader, "story-subscribers-0").headers["Paywall-Decision"].startswith("preview")
        entitle(1)
        assert read(reader, "story-subscribers-0").headers["Paywall-Decision"] == "full; reason=subscribed"

    def test_reads_no_more_when_it_has_ended(self, reader: Browser, entitle: Callable[..., None]) -> None:  # noqa: F811
        reader.sign_up("leyla@example.org")
        entitle(1, days=-1)
        assert read(reader, "story-subscribers-0").headers["Paywall-Decision"].startswith("preview")


class TestTheProductBeside:
    def test_its_interface_and_webhooks_are_reached(self, reader: Browser) -> None:
        assert reader.get("/v1/check").status_code == 401
        assert (
            reader.client.post("/webhooks/stripe", base_url=reader.base_url).status_code == 503
        )  # nothing is sold yet

    def test_a_change_is_seen_at_once(self, site: LocalPaywall, reader: Browser, database: Database) -> None:
        assert read(reader, "story-subscribers-1").headers["Paywall-Decision"].startswith("preview")
        with database.writing() as session:
            profile = read_profile(session, 1)
            link = f"{SITE}/news/story-subscribers-1"
            item = Item("", "story-subscribers-1", "", title="Now free", link=link, access=AccessLevel.FREE)
            put_article(session, 1, draft_of(item, profile), clock.now())
        site.product.follower.poll()
        assert read(reader, "story-subscribers-1").headers["Paywall-Decision"] == "full; reason=free_article"
