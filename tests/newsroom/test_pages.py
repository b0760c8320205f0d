"""The newspaper's pages, as somebody without an account finds them."""

import re
from datetime import timedelta

from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser, LexborNode

from paywall import clock
from paywall.articles.listings import LISTED
from paywall.database import Database
from paywall.publishers.profiles import publisher_by_slug
from paywall.publishers.rules import Profile
from paywall.publishers.setup import NewPublisher, ensure_section, set_up_publisher
from tests.newsroom.conftest import FULL, AddArticle, at

LONG = "a" * 999


def one(page: LexborHTMLParser, selector: str) -> LexborNode:
    (node,) = page.css(selector)
    return node


def titles(page: str) -> list[str]:
    return [node.text(strip=True) for node in LexborHTMLParser(page).css(".teaser-title")]


class TestTheFrontPage:
    def test_the_newest_article_leads_and_is_not_repeated(self, client: FlaskClient, add_article: AddArticle) -> None:
        add_article("older", published_at=at(1))
        add_article("newest", published_at=at(3))
        add_article("middle", published_at=at(2))
        assert titles(client.get("/").text) == ["Title of newest", "Title of middle", "Title of older"]

    def test_a_paper_without_articles_says_so(self, client: FlaskClient) -> None:
        assert "The first edition is being written" in client.get("/").text

    def test_it_may_be_kept_for_a_minute_and_asked_about_again(
        self, client: FlaskClient, add_article: AddArticle
    ) -> None:
        add_article()
        first = client.get("/")
        assert first.headers["Cache-Control"] == "public, max-age=60"
        assert "Host" in first.headers["Vary"]
        assert "Set-Cookie" not in first.headers
        assert client.get("/", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304

    def test_only_what_helps_is_labelled(self, client: FlaskClient, add_article: AddArticle) -> None:
        for access in ("free", "registered", "metered", "subscribers"):
            add_article(access, access=access)
        add_article("open-now", access="subscribers", free_first_hours=48)
        labels = [node.text(strip=True) for node in LexborHTMLParser(client.get("/").text).css(".label")]
        assert sorted(labels) == ["Free account", "Subscribers"]


class TestWhatIsNotPublished:
    def test_it_is_in_no_list(self, client: FlaskClient, add_article: AddArticle) -> None:
        add_article("not-yet", published_at=clock.now() + timedelta(days=1))
        add_article("embargoed", embargoed_until=clock.now() + timedelta(days=1))
        add_article("no-more", withdrawn_at=clock.now() - timedelta(days=1))
        add_article("there")
        for path in ("/", "/sections/news", "/authors/leyla-əliyeva", "/feed.xml", "/atom.xml", "/sitemap.xml"):
            assert set(re.findall(r"/articles/([\w-]+)", client.get(path).text)) == {"there"}

    def test_a_scheduled_article_is_not_there_even_for_a_subscriber(
        self, client: FlaskClient, add_article: AddArticle
    ) -> None:
        add_article(published_at=clock.now() + timedelta(minutes=5))
        assert client.get("/articles/the-ferry", environ_overrides=FULL).status_code == 404

    def test_a_withdrawn_article_is_gone(self, client: FlaskClient, add_article: AddArticle) -> None:
        add_article(withdrawn_at=clock.now() - timedelta(minutes=5))
        answer = client.get("/articles/the-ferry", environ_overrides=FULL)
        assert answer.status_code == 410
        assert "has been withdrawn" in answer.text
        assert "Paywall-Article" not in answer.headers

    def test_an_author_of_nothing_published_has_no_page(self, client: FlaskClient, add_article: AddArticle) -> None:
        add_article(published_at=clock.now() + timedelta(days=1))
        assert client.get("/authors/leyla-əliyeva").status_code == 404


class TestSections:
    def test_older_articles_are_on_further_pages(self, client: FlaskClient, add_article: AddArticle) -> None:
        for number in range(LISTED + 1):
            add_article(f"a{number:02}", published_at=at(1) + timedelta(hours=number))
        first, second = client.get("/sections/news"), client.get("/sections/news?page=2")
        assert titles(first.text) == [f"Title of a{number:02}" for number in range(LISTED, 0, -1)]
        assert titles(second.text) == ["Title of a00"]
        assert 'rel="next"' in first.text
        assert 'rel="prev"' not in first.text
        assert 'href="/sections/news" rel="prev"' in second.text
        assert 'rel="next"' not in second.text

    def test_a_page_that_is_none_is_not_found(self, client: FlaskClient, add_article: AddArticle) -> None:
        add_article()
        for page in ("0", "-1", "2", "abc", "", "1.0", "１", "99999999999999999999", "%00", "1e3"):
            assert client.get(f"/sections/news?page={page}").status_code == 404, page

    def test_a_section_without_articles_says_so(self, client: FlaskClient) -> None:
        answer = client.get("/sections/news")
        assert answer.status_code == 200
        assert "Nothing has been published in this section yet" in answer.text

    def test_a_section_that_is_none_is_not_found(self, client: FlaskClient) -> None:
        for slug in ("nothing", "%00", "NEWS", "news%20"):
            assert client.get(f"/sections/{slug}").status_code == 404, slug

    def test_the_other_sections_articles_are_not_in_it(
        self, client: FlaskClient, database: Database, publisher: Profile, add_article: AddArticle
    ) -> None:
        with database.writing() as session:
            row = publisher_by_slug(session, publisher.slug)
            assert row is not None
            ensure_section(session, row, "culture", "Culture")
        add_article("a-play", section="culture")
        add_article("a-road")
        assert titles(client.get("/sections/culture").text) == ["Title of a-play"]


class TestAuthors:
    def test_an_authors_page_has_what_they_wrote_alone_or_with_others(
        self, client: FlaskClient, add_article: AddArticle
    ) -> None:
        add_article("alone", published_at=at(1))
        add_article("together", authors=["Anna Brodetska", "Leyla Əliyeva"], published_at=at(2))
        add_article("others", authors=["Anna Brodetska"])
        page = client.get("/authors/leyla-əliyeva").text
        assert "Leyla Əliyeva" in page
        assert titles(page) == ["Title of together", "Title of alone"]

    def test_every_byline_leads_to_its_page(self, client: FlaskClient, add_article: AddArticle) -> None:
        add_article(authors=["O'Brien & Söhne <x>", "Третий Автор", "李雷"])
        for link in LexborHTMLParser(client.get("/articles/the-ferry").text).css(".byline a"):
            assert client.get(link.attributes["href"] or "").status_code == 200

    def test_a_name_without_letters_has_no_page_and_breaks_none(
        self, client: FlaskClient, add_article: AddArticle
    ) -> None:
        add_article(authors=["***"])
        assert "***" in client.get("/articles/the-ferry").text

    def test_a_renamed_author_moves(self, client: FlaskClient, database: Database, add_article: AddArticle) -> None:
        article = add_article()
        with database.writing() as session:
            session.merge(article).authors = ["Leyla Quliyeva"]
        assert client.get("/authors/leyla-əliyeva").status_code == 404
        assert client.get("/authors/leyla-quliyeva").status_code == 200

    def test_an_author_that_is_none_is_not_found(self, client: FlaskClient, add_article: AddArticle) -> None:
        add_article()
        for slug in ("nobody", "%00", "%ED%A0%80", "LEYLA-ƏLIYEVA", LONG):
            assert client.get(f"/authors/{slug}").status_code == 404, slug


class TestAnArticle:
    def test_it_has_section_headline_standfirst_byline_date_and_reading_time(
        self, client: FlaskClient, add_article: AddArticle
    ) -> None:
        add_article(published_at=at(31, hour=21))  # 1 November in Baku
        page = LexborHTMLParser(client.get("/articles/the-ferry").text)
        head = one(page, ".article-head").text(separator=" ", strip=True)
        for part in ("News", "Title of the-ferry", "Standfirst of the-ferry.", "Leyla Əliyeva", "1 November 2026"):
            assert part in head
        assert "3 min read" in head

    def test_it_marks_itself_for_the_wall(self, client: FlaskClient, add_article: AddArticle) -> None:
        article = add_article()
        answer = client.get("/articles/the-ferry")
        assert answer.headers["Paywall-Article"] == str(article.id)
        assert answer.headers["Paywall-Version"] == "v1"
        assert answer.headers["Cache-Control"] == "private, no-store"

    def test_it_holds_nothing_personal(self, client: FlaskClient, add_article: AddArticle) -> None:
        add_article()
        answer = client.get("/articles/the-ferry")
        assert "<form" not in answer.text
        assert "csrf" not in answer.text.lower()
        assert "Set-Cookie" not in answer.headers

    def test_links_of_the_invitation_lead_back_to_it(self, client: FlaskClient, add_article: AddArticle) -> None:
        add_article("a&b=c d")
        links = LexborHTMLParser(client.get("/articles/a%26b%3Dc%20d").text).css(".invitation a")
        assert links
        assert all("next=/articles/a%2526b%253Dc%2520d" in (link.attributes["href"] or "") for link in links)

    def test_markup_in_a_title_stays_text(self, client: FlaskClient, add_article: AddArticle) -> None:
        add_article(title="</script><script>alert(1)</script>", standfirst='"><img src=x onerror=alert(1)>')
        for path in ("/articles/the-ferry", "/", "/sections/news", "/feed.xml", "/atom.xml"):
            page = client.get(path).text
            assert "<script>alert" not in page
            assert "<img src=x" not in page

    def test_its_language_and_direction_are_said(self, client: FlaskClient, add_article: AddArticle) -> None:
        add_article(title="ميناء باكو", language="ar")
        page = LexborHTMLParser(client.get("/articles/the-ferry").text)
        assert one(page, "article").attributes["lang"] == "ar"
        assert one(page, "h1").attributes["dir"] == "auto"
        assert one(page, ".article-body").attributes["dir"] == "auto"

    def test_canonical_and_social_addresses_are_the_publishers(
        self, client: FlaskClient, add_article: AddArticle
    ) -> None:
        add_article()
        page = LexborHTMLParser(client.get("/articles/the-ferry?utm_source=x").text)
        assert one(page, "link[rel=canonical]").attributes["href"] == "http://news.test/articles/the-ferry"
        assert one(page, 'meta[property="og:description"]').attributes["content"] == "Standfirst of the-ferry."

    def test_other_spellings_are_not_found(self, client: FlaskClient, add_article: AddArticle) -> None:
        add_article()
        for path in ("nothing", "%00", "THE-FERRY", "the-ferry/", "the-ferry;v=1", "the-ferry.html", "the-ferry%20"):
            assert client.get(f"/articles/{path}").status_code == 404, path
        assert client.get("/articles/%FF").status_code == 404
        assert client.get(f"/articles/{LONG}").status_code == 404


class TestAnotherPublisher:
    def test_its_articles_are_on_none_of_our_pages(
        self, client: FlaskClient, database: Database, add_article: AddArticle
    ) -> None:
        with database.writing() as session:
            other = set_up_publisher(session, NewPublisher("other", "The Other", "other.test"))
        add_article("theirs", publisher_id=other.id)
        add_article("ours")
        for path in ("/", "/sections/news", "/authors/leyla-əliyeva", "/feed.xml", "/atom.xml", "/sitemap.xml"):
            assert "theirs" not in client.get(path).text
        assert client.get("/articles/theirs", environ_overrides=FULL).status_code == 404
