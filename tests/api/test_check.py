"""`/v1/check`: the same decisions as at our own wall, in words for another site's server."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from paywall import changes, clock
from paywall.api.check.models import CheckAnswer, CheckQuestion
from paywall.app import Product
from paywall.articles.tables import Article
from paywall.gate.events import GateEvent
from tests.api.calling import SITE, VISITOR, Server
from tests.gate.visits import CANARY, Browser

Add = Callable[..., None]
Change = Callable[..., None]


def events(product: Product) -> list[GateEvent]:
    product.gate.events.flush()
    with product.database.reading() as session:
        return list(session.scalars(select(GateEvent).order_by(GateEvent.id)))


class TestAVisitor:
    def test_is_metered_as_on_our_own_site(self, server: Server) -> None:
        answers = [server.ask(f"metered-{number}", visitor=VISITOR) for number in (0, 1, 0, 2, 3)]
        assert [(one["extent"], one["viewsLeft"], one["prompt"]) for one in answers] == [
            ("full", 2, "none"),
            ("full", 1, "none"),
            ("full", 1, "none"),
            ("full", 0, "last_free_article"),
            ("preview", 0, "subscribe"),
        ]
        assert answers[-1]["reason"] == "meter_used_up"
        resets_at = datetime.fromisoformat(answers[-1]["resetsAt"])
        assert timedelta() < resets_at - clock.now() < timedelta(days=32)

    def test_of_one_publisher_is_not_the_visitor_of_another_of_the_same_id(
        self, server: Server, rival: Server, product: Product
    ) -> None:
        server.ask("metered-0", visitor=VISITOR)
        assert rival.ask("rivals-own", visitor=VISITOR)["viewsLeft"] == 2
        assert server.ask("metered-1", visitor=VISITOR)["viewsLeft"] == 1
        assert len({event.visitor for event in events(product)}) == 2

    def test_can_not_be_taken_for_one_of_our_own_tokens(self, server: Server, browser: Browser) -> None:
        browser.read("metered-0")
        ours = (browser.kept("visitor") or "").split(".")[1]
        assert server.ask("metered-1", visitor=ours)["viewsLeft"] == 2

    @pytest.mark.parametrize(
        ("level", "extent", "reason", "prompt"),
        [
            ("free", "full", "free_article", "none"),
            ("registered", "preview", "registration_required", "register"),
            ("subscribers", "preview", "subscription_required", "subscribe"),
        ],
    )
    def test_is_told_of_other_levels(self, server: Server, level: str, extent: str, reason: str, prompt: str) -> None:
        said = server.ask(f"{level}-0", visitor=VISITOR)
        assert (said["extent"], said["reason"], said["prompt"]) == (extent, reason, prompt)
        assert (said["viewsLeft"], said["resetsAt"], said["isRegistered"]) == (None, None, False)
        assert (said["pass"] is None) == (extent == "preview")


class TestNobody:
    def test_opens_no_metered_article_and_takes_no_view(self, server: Server) -> None:
        for _ in range(5):
            said = server.ask("metered-0")
            assert (said["extent"], said["reason"], said["viewsLeft"], said["pass"]) == ("preview", "metered", 3, None)

    def test_reads_what_is_free(self, server: Server) -> None:
        assert server.ask("free-0")["extent"] == "full"


class TestAskingWithoutCounting:
    def test_spends_nothing_gives_no_pass_and_is_not_noted(self, server: Server, product: Product) -> None:
        for _ in range(5):
            said = server.ask("metered-0", visitor=VISITOR, count=False)
            assert (said["extent"], said["reason"], said["viewsLeft"], said["pass"]) == ("preview", "metered", 3, None)
        assert server.ask("free-0", count=False)["pass"] is None
        assert events(product) == []

    def test_opens_what_is_open_already(self, server: Server) -> None:
        server.ask("metered-0", visitor=VISITOR)
        said = server.ask("metered-0", visitor=VISITOR, count=False)
        assert (said["extent"], said["viewsLeft"], said["pass"]) == ("full", 2, None)


class TestTheNetwork:
    def test_is_a_softer_line_for_those_who_forget_their_cookies(self, server: Server, add: Add) -> None:
        for number in range(61):
            add(f"story-{number}")
        asked = [
            server.ask(f"story-{n}", visitor=f"{VISITOR}-{n}", network={"address": f"203.0.113.{n}", "userAgent": "x"})
            for n in range(61)
        ]
        assert [one["extent"] for one in asked].count("full") == 60
        other = {"address": "198.51.100.1", "userAgent": "x"}
        assert server.ask("story-60", visitor=f"{VISITOR}-60", network=other)["extent"] == "full"

    def test_is_not_asked_about_where_none_is_told(self, server: Server, add: Add) -> None:
        for number in range(61):
            add(f"story-{number}")
        asked = [server.ask(f"story-{n}", visitor=f"{VISITOR}-{n}") for n in range(61)]
        assert {one["extent"] for one in asked} == {"full"}

    @pytest.mark.parametrize("address", ["", "x", "203.0.113.9/24", "203.0.113.256", "\uff11.1.1.1"])
    def test_has_an_address(self, server: Server, address: str) -> None:
        answer = server.post("/v1/check", {"article": "free-0", "network": {"address": address}})
        assert answer.status_code == 400
        assert [error["field"] for error in (answer.json or {})["errors"]] == ["network.address"]


class TestTheArticle:
    @pytest.fixture
    def harbour(self, add: Add, site: str) -> str:
        add("harbour", access="subscribers", url=f"{site}/harbour?id=7")
        return f"{site}/harbour?id=7"

    @pytest.mark.parametrize("tags", ["", "&utm_source=x", "#top", "&utm_campaign=a%20b#x", "&print=1&x", "&id=7"])
    def test_is_found_by_its_address_whatever_was_hung_on_it(self, server: Server, harbour: str, tags: str) -> None:
        answer = server.post("/v1/check", {"url": harbour + tags})
        assert (answer.json or {})["article"] == "harbour"

    def test_of_another_address_is_none(self, server: Server, harbour: str) -> None:
        for url in (harbour.replace("7", "8"), harbour.partition("?")[0], f"{harbour[:-1]}8&x=7"):
            answer = server.post("/v1/check", {"url": url})
            assert (answer.status_code, (answer.json or {})["code"]) == (404, "not_found")

    def test_is_the_same_by_http(self, server: Server, harbour: str) -> None:
        answer = server.post("/v1/check", {"url": harbour.replace("https", "http")})
        assert (answer.json or {})["article"] == "harbour"

    @pytest.mark.parametrize("host", ["m.paper.test", "evil.example", "paper.test", "www.paper.test:8443"])
    def test_at_an_address_on_no_site_of_the_publisher_is_unknown_by_another_word(
        self, server: Server, harbour: str, host: str
    ) -> None:
        answer = server.post("/v1/check", {"url": harbour.replace("www.paper.test", host)})
        assert (answer.status_code, (answer.json or {})["code"]) == (404, "no_site_of_yours")

    def test_of_an_address_that_may_lead_to_two_is_not_guessed(
        self, server: Server, harbour: str, add: Add, site: str
    ) -> None:
        add("open-one", access="free", url=f"{site}/harbour?id=8")
        two = {"url": f"{harbour}&id=8"}
        answer = server.post("/v1/check", two)
        assert (answer.status_code, (answer.json or {})["errors"][0]["field"]) == (400, "url")
        batch = server.post("/v1/checks", {"checks": [two, {"article": "harbour"}]})
        assert [one.get("error") for one in (batch.json or {})["results"]] == ["not_found", None]

    @pytest.mark.parametrize("named", [{}, {"article": "free-0", "url": f"{SITE}/x"}, {"article": None}])
    def test_is_named_in_one_way(self, server: Server, named: dict[str, Any]) -> None:
        answer = server.post("/v1/check", named)
        assert (answer.status_code, (answer.json or {})["errors"][0]["field"]) == (400, "article")

    def test_that_was_withdrawn_is_gone(self, server: Server, add: Add) -> None:
        add("withdrawn", withdrawn_at=clock.now() - timedelta(hours=1))
        answer = server.post("/v1/check", {"article": "withdrawn"})
        assert (answer.status_code, (answer.json or {})["code"]) == (410, "gone")

    @pytest.mark.parametrize("change", [{"published_at": 1}, {"embargoed_until": 1}])
    def test_that_is_not_published_yet_is_not_there(self, server: Server, add: Add, change: dict[str, int]) -> None:
        add("coming", **{name: clock.now() + timedelta(hours=hours) for name, hours in change.items()})
        assert server.post("/v1/check", {"article": "coming"}).status_code == 404

    def test_that_changes_is_judged_anew_once_that_is_heard(self, server: Server, product: Product) -> None:
        assert server.ask("metered-0", visitor=VISITOR)["extent"] == "full"
        with product.database.writing() as session:
            article = session.scalars(select(Article).where(Article.key == "metered-0")).one()
            article.access = "subscribers"
            changes.record(session, 1, changes.ChangeKind.ARTICLE, article.id)
        product.follower.poll()
        assert server.ask("metered-0", visitor=VISITOR)["reason"] == "subscription_required"


class TestTheWayToSubscribe:
    def _next(self, said: dict[str, Any]) -> str:
        parts = urlsplit(str(said["subscribeUrl"]))
        assert (f"{parts.scheme}://{parts.netloc}", parts.path) == ("https://news.test", "/subscribe")
        return parse_qs(parts.query)["next"][0]

    def test_leads_back_to_the_article_here(self, server: Server) -> None:
        assert self._next(server.ask("metered-0")) == "/articles/metered-0"

    def test_leads_back_to_the_article_there_by_way_of_connecting(self, server: Server, add: Add, site: str) -> None:
        add("harbour", url=f"{site}/harbour?id=7")
        way = urlsplit(self._next(server.ask("harbour")))
        assert (way.path, parse_qs(way.query)["to"]) == ("/connect", [f"{site}/harbour?id=7"])

    def test_leads_a_page_straight_back(self, page: Server, add: Add, site: str) -> None:
        add("harbour", url=f"{site}/harbour")
        assert self._next(page.ask("harbour")) == f"{site}/harbour"


class TestWords:
    def test_come_where_they_are_asked_for_with_links_that_lead_back(self, server: Server, add: Add, site: str) -> None:
        add("harbour", access="subscribers", url=f"{site}/harbour")
        words = server.ask("harbour", words=True)["words"]
        assert words["headline"] == "Support independent journalism"
        assert words["button"]["url"].startswith("https://news.test/subscribe?next=")
        assert words["besideLink"]["label"] == "Sign in"
        assert server.ask("harbour")["words"] is None

    def test_of_an_open_article_are_its_quiet_line(self, server: Server) -> None:
        said = server.ask("metered-0", visitor=VISITOR, words=True)
        assert (said["words"], said["notice"]) == (None, "You have 2 free articles left this month.")


class TestWhatIsNoted:
    def test_is_each_counted_question_as_on_our_own_site(self, server: Server, product: Product) -> None:
        server.ask("metered-0", visitor=VISITOR, referrer="https://search.example/?q=secret")
        server.ask("subscribers-0")
        first, second = events(product)
        assert (first.extent, first.reason, first.referrer_host) == ("full", "metered", "search.example")
        assert (second.extent, second.reason, second.prompt) == ("preview", "subscription_required", "subscribe")
        assert first.visitor
        assert VISITOR not in first.visitor


class TestTheAnswer:
    @pytest.mark.parametrize(
        "question",
        [
            {"article": "metered-0", "visitor": VISITOR},
            {"article": "metered-0", "reader": "x"},
            {"article": "free-0"},
            {"article": "subscribers-0", "words": True},
            {"article": "metered-1", "visitor": VISITOR, "words": True},
        ],
    )
    def test_has_exactly_the_shape_that_is_told(self, server: Server, question: dict[str, Any]) -> None:
        raw = server.post("/v1/check", question).data
        said = CheckAnswer.model_validate_json(raw)
        assert said.model_dump_json(by_alias=True).encode() == raw

    def test_holds_nothing_of_the_text(self, server: Server) -> None:
        for level in ("free", "metered", "subscribers"):
            assert CANARY not in server.post("/v1/check", {"article": f"{level}-0", "visitor": VISITOR}).text

    def test_is_the_same_by_query_as_by_body(self, server: Server) -> None:
        question = {"article": "metered-0", "visitor": VISITOR}
        server.post("/v1/check", question)
        by_body, by_query = server.post("/v1/check", question), server.get("/v1/check", **question)
        assert by_body.json == by_query.json

    def test_by_query_takes_every_field(self, server: Server) -> None:
        flat = {
            "article": "metered-0", "visitor": VISITOR, "network.address": "2001:db8::1", "network.userAgent": "a b",
            "referrer": "https://a.example/", "count": "false", "words": "true", "reader": "x", "pass": "x",
        }  # fmt: skip
        assert len(flat) == len(CheckQuestion.model_fields)  # url in place of article, network in two parts
        said = server.get("/v1/check", **flat).json or {}
        assert (said["viewsLeft"], said["tokenError"]) == (3, "invalid_token")

    @pytest.mark.parametrize("count", ["no", "", "0x1", "1_0", "\uff11"])
    def test_by_query_takes_no_other_truth_than_true_and_false(self, server: Server, count: str) -> None:
        answer = server.get("/v1/check", article="free-0", count=count)
        assert (answer.status_code, (answer.json or {})["errors"]) == (
            400, [{"field": "count", "message": "Give true or false."}],
        )  # fmt: skip
