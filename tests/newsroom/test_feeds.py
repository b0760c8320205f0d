"""What machines fetch: well-formed, of published articles, and kept for five minutes."""

from datetime import timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree as ET

import feedparser
import pytest
from flask.testing import FlaskClient

from paywall import clock
from paywall.newsroom import feeds
from tests.newsroom.conftest import AddArticle, at

FEEDS = ["/feed.xml", "/atom.xml", "/sections/news/feed.xml"]
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


class TestFeeds:
    @pytest.mark.parametrize("path", FEEDS)
    def test_a_feed_reader_finds_title_address_author_date_and_standfirst(
        self, client: FlaskClient, add_article: AddArticle, path: str
    ) -> None:
        add_article(published_at=at(5), title="Fish & <chips>", authors=["Leyla Əliyeva", "Anna B."])
        feed = feedparser.parse(client.get(path).data)
        assert not feed.bozo
        (entry,) = feed.entries
        assert entry.title in ("Fish & <chips>", "Fish &amp; &lt;chips&gt;")
        assert entry.link == "http://news.test/articles/the-ferry"
        assert [author.name for author in entry.authors] == ["Leyla Əliyeva", "Anna B."] or "Anna B." in entry.author
        assert entry.published_parsed[:5] == (2026, 10, 5, 12, 0)
        assert entry.summary == "Standfirst of the-ferry."
        assert "content" not in entry

    @pytest.mark.parametrize("path", FEEDS)
    def test_section_and_tags_are_its_categories(self, client: FlaskClient, add_article: AddArticle, path: str) -> None:
        add_article(tags=["The <sea>", "Baku"])
        (entry,) = feedparser.parse(client.get(path).data).entries
        assert [tag.term for tag in entry.tags] == ["news", "The <sea>", "Baku"]

    @pytest.mark.parametrize("path", FEEDS)
    def test_an_empty_paper_has_an_empty_feed(self, client: FlaskClient, path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 200
        assert feedparser.parse(answer.data).entries == []
        ET.fromstring(answer.data)  # noqa: S314 - our own document

    @pytest.mark.parametrize("path", FEEDS)
    def test_it_may_be_kept_for_five_minutes_and_asked_about_again(
        self, client: FlaskClient, add_article: AddArticle, path: str
    ) -> None:
        add_article()
        first = client.get(path)
        assert first.headers["Cache-Control"] == "public, max-age=300"
        assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304

    @pytest.mark.parametrize("path", [*FEEDS, "/sitemap.xml"])
    def test_characters_that_xml_has_no_place_for_do_not_break_it(
        self, client: FlaskClient, add_article: AddArticle, path: str
    ) -> None:
        add_article(
            "odd", title="A\x0b bell\x07 and \uffff", standfirst="\x1b[31m", authors=["\x08 B"], tags=["\x0b C"]
        )
        ET.fromstring(client.get(path).data)  # noqa: S314 - our own document

    def test_a_section_that_is_none_has_no_feed(self, client: FlaskClient) -> None:
        assert client.get("/sections/nothing/feed.xml").status_code == 404

    def test_rss_dates_are_written_as_mail_writes_them(self, client: FlaskClient, add_article: AddArticle) -> None:
        add_article(published_at=at(5))
        date = ET.fromstring(client.get("/feed.xml").data).findtext("channel/item/pubDate")  # noqa: S314
        assert parsedate_to_datetime(date or "") == at(5)


class TestTheSitemap:
    def test_it_names_every_published_article_with_its_last_change(
        self, client: FlaskClient, add_article: AddArticle
    ) -> None:
        add_article("one", published_at=at(1), updated_at=at(9))
        add_article("two", published_at=at(2))
        add_article("three", published_at=clock.now() + timedelta(days=1))
        root = ET.fromstring(client.get("/sitemap.xml").data)  # noqa: S314
        found = {url.findtext(f"{MAP}loc"): url.findtext(f"{MAP}lastmod") for url in root}
        assert found == {
            "http://news.test/": None,
            "http://news.test/sections/news": None,
            "http://news.test/articles/one": "2026-10-09T12:00:00+00:00",
            "http://news.test/articles/two": "2026-10-02T12:00:00+00:00",
        }

    def test_a_large_paper_has_several(
        self, client: FlaskClient, add_article: AddArticle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(feeds, "SITEMAP_ADDRESSES", 2)
        for slug in ("one", "two", "three"):
            add_article(slug)
        index = ET.fromstring(client.get("/sitemap.xml").data)  # noqa: S314
        parts = [loc.text or "" for loc in index.iter(f"{MAP}loc")]
        assert parts == ["http://news.test/sitemaps/1.xml", "http://news.test/sitemaps/2.xml"]
        pages = [client.get(part.removeprefix("http://news.test")).text for part in parts]
        assert [page.count("/articles/") for page in pages] == [2, 1]
        assert client.get("/sitemaps/3.xml").status_code == 404
        assert client.get("/sitemaps/0.xml").status_code == 404

    def test_robots_are_shown_the_way_to_it(self, client: FlaskClient) -> None:
        answer = client.get("/robots.txt")
        assert answer.mimetype == "text/plain"
        assert "Sitemap: http://news.test/sitemap.xml" in answer.text
        assert "Disallow: /account" in answer.text
