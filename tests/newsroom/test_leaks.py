"""What lies behind the wall is on no page, feed or header until a full Decision comes with the request."""

import json
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import InvalidRequestError

from paywall import clock
from paywall.articles import listings
from paywall.database import Database
from paywall.gate.decision import Decision, Extent, Prompt, Reason
from paywall.publishers.rules import Profile
from tests.newsroom.conftest import CANARY, FULL, PREVIEW, AddArticle

SURFACES = [
    "/",
    "/sections/news",
    "/sections/news/feed.xml",
    "/authors/leyla-əliyeva",
    "/articles/the-ferry",
    "/articles/the-ferry?print=1&page=all&output=json&fullstory=1",
    "/feed.xml",
    "/atom.xml",
    "/sitemap.xml",
    "/sitemaps/1.xml",
    "/robots.txt",
]
SHUT = [
    Decision(Extent.PREVIEW, Reason.METER_USED_UP, Prompt.SUBSCRIBE, 0, clock.now()),
    Decision(Extent.PREVIEW, Reason.SUBSCRIPTION_REQUIRED, Prompt.SUBSCRIBE),
    Decision(Extent.PREVIEW, Reason.METERED, Prompt.NONE, 2, clock.now()),
    "full; reason=subscribed",
]


class TestALockedArticle:
    @pytest.mark.parametrize("access", ["registered", "metered", "subscribers", "free"])
    @pytest.mark.parametrize("standfirst", ["A standfirst.", ""])
    def test_its_text_is_on_no_surface(
        self, client: FlaskClient, add_article: AddArticle, access: str, standfirst: str
    ) -> None:
        add_article(access=access, standfirst=standfirst)
        for path in SURFACES:
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert CANARY not in answer.get_data(as_text=True), path
            assert CANARY not in str(answer.headers), path

    def test_the_control_a_full_decision_opens_it(self, client: FlaskClient, add_article: AddArticle) -> None:
        add_article()
        page = client.get("/articles/the-ferry", environ_overrides=FULL).get_data(as_text=True)
        assert CANARY in page
        assert page.count(CANARY) == 1, "the text is in the body and nowhere else"
        assert "invitation" not in page

    def test_any_other_decision_leaves_it_shut(self, client: FlaskClient, add_article: AddArticle) -> None:
        add_article()
        for decision in SHUT:
            text = client.get("/articles/the-ferry", environ_overrides={"paywall.decision": decision}).text
            assert PREVIEW in text
            assert CANARY not in text, decision

    def test_a_header_that_plays_a_decision_opens_nothing(self, client: FlaskClient, add_article: AddArticle) -> None:
        add_article()
        forged = {"Paywall-Decision": "full; reason=staff", "paywall.decision": "full"}
        assert CANARY not in client.get("/articles/the-ferry", headers=forged).get_data(as_text=True)

    def test_head_has_the_length_of_the_preview_page(self, client: FlaskClient, add_article: AddArticle) -> None:
        add_article()
        head, got = client.head("/articles/the-ferry"), client.get("/articles/the-ferry")
        assert head.data == b""
        assert head.content_length == len(got.data)

    def test_search_engines_are_told_of_the_wall_and_not_of_the_text(
        self, client: FlaskClient, add_article: AddArticle
    ) -> None:
        add_article()
        page = client.get("/articles/the-ferry", environ_overrides=FULL).get_data(as_text=True)
        found = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[0])
        assert found["isAccessibleForFree"] is False
        assert found["hasPart"]["cssSelector"] == ".article-body"
        assert "articleBody" not in found
        assert CANARY not in json.dumps(found)


class TestTheCatalogueBehindThePages:
    def test_a_listed_article_refuses_to_say_its_text(
        self, database: Database, publisher: Profile, add_article: AddArticle
    ) -> None:
        add_article()
        with database.reading() as session:
            (article,) = listings.newest(session, publisher.id, clock.now(), section=None, most=5)
            with pytest.raises(InvalidRequestError):
                _ = article.body_html

    def test_an_article_fetched_for_its_preview_refuses_too(
        self, database: Database, publisher: Profile, add_article: AddArticle
    ) -> None:
        add_article()
        with database.reading() as session:
            article = listings.article_page(session, publisher.id, "the-ferry", whole=False)
            assert article is not None
            with pytest.raises(InvalidRequestError):
                _ = article.body_html
