"""A publisher's own system tells of its articles."""

from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select

from paywall.app import Product
from paywall.articles.tables import Article
from paywall.audit import AuditEntry
from paywall.publishers.keys.rules import Scope
from tests.api.calling import SITE, Server
from tests.api.conftest import MakeKey
from tests.gate.visits import Browser

ADDRESS = f"{SITE}/news/harbour"
TEXT = "<p>The harbour wakes before the city does.</p><p>Nine herons crossed it before the ink was dry.</p>"
ARTICLE = {"title": "The harbour wakes", "url": ADDRESS, "access": "subscribers", "body": TEXT}
PATH = "/v1/articles/harbour-1"


@pytest.fixture
def cms(product: Product, make_key: MakeKey, site: str) -> Server:
    """The publisher's CMS, with a key for articles, and a site that was named."""
    assert site == SITE
    return Server(product.flask, make_key(Scope.ARTICLES, Scope.CHECK))


def put(cms: Server, path: str = PATH, **changes: Any) -> dict[str, Any]:
    answer = cms.put(path, {**ARTICLE, **changes})
    assert answer.status_code == 200, answer.text
    return answer.json or {}


def refused(cms: Server, path: str = PATH, **changes: Any) -> list[str]:
    answer = cms.put(path, {**ARTICLE, **changes})
    assert answer.status_code == 400, answer.text
    assert answer.content_type == "application/problem+json"
    return [error["field"] for error in (answer.json or {})["errors"]]


class TestAnArticleWhoseIdIsALink:
    """As feeds bring them."""

    @pytest.mark.parametrize(
        "link", [ADDRESS, f"{ADDRESS}/", "tag:paper.example,2026:/a?b#c%2F", "http://www.paper.test/x%C9%99b%C9%99r"]
    )
    def test_is_put_read_and_deleted_like_any_other(self, cms: Server, link: str) -> None:
        path = f"/v1/articles/{quote(link, safe='')}"
        assert put(cms, path)["id"] == link
        assert (cms.get(path).json or {})["id"] == link
        assert cms.ask(link)["reason"] == "subscription_required"
        assert cms.call("DELETE", path).status_code == 204
        assert cms.get(path).status_code == 404


class TestPuttingAnArticle:
    def test_adds_it_and_says_so(self, cms: Server) -> None:
        said = put(cms)
        assert (said["outcome"], said["id"], said["url"], said["access"]) == (
            "added",
            "harbour-1",
            ADDRESS,
            "subscribers",
        )
        assert "herons" not in str({**said, "preview": ""})

    def test_keeps_its_tags_where_they_are_left_out(self, cms: Server) -> None:
        assert put(cms, tags=["The sea", "Baku", "baku"])["tags"] == ["The sea", "Baku"]
        assert put(cms)["tags"] == ["The sea", "Baku"]
        assert put(cms, tags=[])["tags"] == []

    def test_with_tags_that_cannot_be_kept_is_refused(self, cms: Server) -> None:
        assert refused(cms, tags=["x" * 101]) == ["tags"]
        assert refused(cms, tags=["x"] * 21) == ["tags"]

    def test_again_changes_nothing(self, cms: Server) -> None:
        put(cms)
        assert put(cms)["outcome"] == "unchanged"

    def test_replaces_what_was_sent_before(self, cms: Server) -> None:
        put(cms, standfirst="Early.", authors=["Leyla"])
        said = put(cms, title="The harbour sleeps")
        assert (said["outcome"], said["title"], said["authors"]) == ("changed", "The harbour sleeps", [])

    def test_leaves_level_section_and_date_alone_where_they_are_left_out(self, cms: Server) -> None:
        before = put(cms, section="Sea", publishedAt="2026-11-01T08:00:00Z")
        article = {"title": "The harbour sleeps", "body": TEXT}
        said = cms.put(PATH, article).json or {}
        for name in ("access", "section", "publishedAt", "slug", "url"):
            assert said[name] == before[name]

    def test_a_time_without_offset_is_the_publishers_own(self, cms: Server, set_publisher: Any) -> None:
        set_publisher(timezone="Asia/Baku")
        assert put(cms, publishedAt="2026-11-01T08:00:00")["publishedAt"] == "2026-11-01T04:00:00Z"

    def test_the_gate_decides_on_it_at_once_by_id_and_by_any_spelling_of_its_address(
        self, cms: Server, product: Product
    ) -> None:
        put(cms)
        product.follower.poll()
        by_url = cms.post("/v1/check", {"url": f"{ADDRESS}/?utm_source=mail#top"}).json or {}
        assert cms.ask("harbour-1")["reason"] == by_url["reason"] == "subscription_required"

    def test_a_new_level_holds_as_soon_as_it_is_heard_of(self, cms: Server, product: Product) -> None:
        put(cms)
        assert cms.ask("harbour-1")["extent"] == "preview"
        put(cms, access="free")
        product.follower.poll()
        assert cms.ask("harbour-1")["extent"] == "full"


class TestAnArticleWhoseTextThePublisherKeeps:
    def test_can_be_checked(self, cms: Server) -> None:
        said = put(cms, body=None, access="free")
        assert said["wordCount"] == 0
        assert cms.ask("harbour-1")["extent"] == "full"

    def test_is_on_no_page_of_the_hosted_site(self, cms: Server, browser: Browser) -> None:
        slug = put(cms, body=None, access="free")["slug"]
        for path in ("/", "/sections/news", "/feed.xml", "/atom.xml", "/sitemaps/1.xml"):
            assert slug not in browser.get(path).text

    def test_at_its_hosted_address_leads_to_where_it_lives(self, cms: Server, browser: Browser) -> None:
        slug = put(cms, body=None, access="free")["slug"]
        answer = browser.get(f"/articles/{slug}")
        assert (answer.status_code, answer.headers["Location"]) == (303, ADDRESS)


class TestWhatCanNotBeTaken:
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"title": ""}, "title"),
            ({"title": 7}, "title"),
            ({"title": "x" * 501}, "title"),
            ({"title": "a\x00b"}, "body"),
            ({"access": "secret"}, "access"),
            ({"url": "ftp://paper.test/a"}, "url"),
            ({"url": "https://elsewhere.test/a"}, "url"),
            ({"url": "https://www.paper.test/a b"}, "url"),
            ({"publishedAt": "yesterday"}, "publishedAt"),
            ({"publishedAt": "0001-01-01T00:00:00Z"}, "publishedAt"),
            ({"publishedAt": 1764236000}, "publishedAt"),
            ({"withdrawnAt": "1764236000000"}, "withdrawnAt"),
            ({"updatedAt": "2026-13-01T00:00:00Z"}, "updatedAt"),
            ({"freeFirstHours": -1}, "freeFirstHours"),
            ({"freeFirstHours": 1e309}, "body"),
            ({"authors": "Leyla"}, "authors"),
            ({"authors": ["x"] * 21}, "authors"),
            ({"language": "not a tag"}, "language"),
            ({"slug": "Not A Slug"}, "slug"),
            ({"pages": 3}, "pages"),
        ],
    )
    def test_is_refused_by_name_and_nothing_is_stored(
        self, cms: Server, product: Product, changes: dict[str, Any], field: str
    ) -> None:
        assert field in refused(cms, **changes)
        with product.database.reading() as session:
            assert session.scalar(select(Article.id).where(Article.key == "harbour-1")) is None

    def test_is_named_and_said_in_whole_sentences(self, cms: Server) -> None:
        year, number = {"embargoedUntil": "0262-10-09T05:53:08Z"}, {"embargoedUntil": -70092195}
        alone = (cms.put(PATH, {**ARTICLE, **year}).json or {})["errors"][0]
        listed = cms.post("/v1/articles", {"articles": [{**ARTICLE, "id": "a", **year}]}).json or {}
        assert alone == listed["results"][0]["error"]
        assert alone == {"field": "embargoedUntil", "message": "The year 262 is not between 1600 and 2200."}
        said = (cms.put(PATH, {**ARTICLE, **number}).json or {})["errors"][0]["message"]
        assert said == "Give a time such as 2026-11-27T08:30:00Z."

    @pytest.mark.parametrize("spelled", ["2026-11-27", "2026-11-27T08:30", "2026-11-27t08:30:00.25+0400"])
    def test_is_not_a_time_in_another_spelling_of_iso_8601(self, cms: Server, spelled: str) -> None:
        assert put(cms, publishedAt=spelled)["publishedAt"].startswith("2026-11-2")

    def test_an_address_that_another_article_has(self, cms: Server) -> None:
        put(cms)
        assert refused(cms, "/v1/articles/harbour-2", title="Another") == ["url"]

    def test_an_id_that_is_too_long(self, cms: Server) -> None:
        assert refused(cms, "/v1/articles/" + "x" * 201) == ["id"]

    def test_a_key_without_the_scope(self, server: Server) -> None:
        assert server.put(PATH, ARTICLE).status_code == 403

    def test_more_than_three_megabytes(self, cms: Server) -> None:
        assert cms.put(PATH, {**ARTICLE, "body": "x" * 3_200_000}).status_code == 413


class TestManyAtOnce:
    def test_each_is_judged_by_itself(self, cms: Server) -> None:
        sent = [{"id": "a", **ARTICLE}, {"id": "b", **ARTICLE}, {"id": "c", "title": "Good", "body": TEXT}]
        answer = cms.post("/v1/articles", {"articles": sent})
        results = (answer.json or {})["results"]
        assert [one["outcome"] for one in results] == ["added", "refused", "added"]
        assert results[1]["error"]["field"] == "url"

    def test_no_more_than_five_hundred(self, cms: Server) -> None:
        sent = [{"id": str(number), "title": "One of many"} for number in range(501)]
        assert cms.post("/v1/articles", {"articles": sent}).status_code == 400


class TestListing:
    def test_every_article_comes_once_part_by_part(self, cms: Server, product: Product) -> None:
        with product.database.reading() as session:
            wanted = set(session.scalars(select(Article.key).where(Article.publisher_id == 1)))
        found: list[str] = []
        after = None
        while True:
            page = cms.get("/v1/articles", limit="5", **({"after": after} if after else {})).json or {}
            found += [one["id"] for one in page["articles"]]
            after = page["next"]
            if after is None:
                break
        assert len(found) == len(set(found))
        assert set(found) == wanted

    def test_one_by_its_id(self, cms: Server) -> None:
        put(cms)
        assert (cms.get(PATH).json or {})["title"] == "The harbour wakes"

    def test_an_id_of_many_letters_finds_its_way(self, cms: Server) -> None:
        put(cms, "/v1/articles/liman%20xəbəri%3A1?".rstrip("?"))
        assert cms.get("/v1/articles/liman%20xəbəri%3A1").status_code == 200


class TestDeleting:
    def test_it_is_gone_and_the_audit_says_who(self, cms: Server, product: Product) -> None:
        put(cms)
        assert cms.call("DELETE", PATH).status_code == 204
        assert cms.get(PATH).status_code == 404
        product.follower.poll()
        assert cms.post("/v1/check", {"article": "harbour-1"}).status_code == 404
        with product.database.reading() as session:
            entry = session.scalar(select(AuditEntry).where(AuditEntry.action == "article_deleted"))
        assert entry is not None
        assert entry.actor.startswith("key:")

    def test_of_nothing_is_not_found(self, cms: Server) -> None:
        assert cms.call("DELETE", PATH).status_code == 404

    def test_one_that_is_withdrawn_stays_and_says_so(self, cms: Server, product: Product) -> None:
        put(cms, withdrawnAt="2026-11-01T00:00:00Z")
        product.follower.poll()
        assert cms.post("/v1/check", {"article": "harbour-1"}).status_code == 410
        assert (cms.get(PATH).json or {})["presence"] == "withdrawn"
