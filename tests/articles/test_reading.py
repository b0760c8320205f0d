"""What files say, in each format: read as it is meant, or refused by the name of what is wrong."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from paywall.articles.item import Item
from paywall.articles.reading.charset import decode
from paywall.articles.reading.dates import guess_date
from paywall.articles.reading.documents import read_html, read_markdown
from paywall.articles.reading.feeds import read_feed
from paywall.articles.reading.front_matter import split
from paywall.articles.reading.json_feed import read_json_feed
from paywall.errors import BadInput
from tests.articles.sources import rss, rss_item


def markdown(front: str, body: str = "Text.") -> Item:
    return read_markdown(f"---\n{front}\n---\n{body}", "a.md", "a")


class TestFrontMatter:
    def test_is_read_as_it_is_written(self) -> None:
        item = markdown("id: 0123\ntitle: no\nslug: 2026-11-20\nauthor: Ana")
        assert (item.key, item.title, item.slug, item.authors) == ("0123", "no", "2026-11-20", ("Ana",))

    @pytest.mark.parametrize(
        ("front", "tags"),
        [
            ("title: a", None),
            ("title: a\ntags: Baku", ("Baku",)),
            ("title: a\ntags: [Baku, The sea]", ("Baku", "The sea")),
            ("title: a\ntags: []", ()),
            ("title: a\ntags:", ()),
        ],
    )
    def test_names_tags_or_says_nothing_of_them(self, front: str, tags: tuple[str, ...] | None) -> None:
        assert markdown(front).tags == tags

    @pytest.mark.parametrize(
        ("front", "field", "sentence"),
        [
            ("title: a\ntilte: b", "tilte", "did you mean title?"),
            ("title: a\ntitle: b", "title", "said twice"),
            ("title: a\nauthor: b\nauthors: [c]", "author", "said twice"),
            ("title: [a]", "title", "must be a text"),
            ("title: {a: b}", "title", "must be a text"),
            ("title: a\nauthors: [[a]]", "authors", "must be a text"),
            ("title: a\npublished_at: yesterday", "published_at", "no date"),
            ("title: a\ndate: 2026-13-01", "date", "no date"),
            ("title: a\nfree_first_hours: -1", "free_first_hours", "whole number"),
            ("title: a\nfree_first_hours: 1e9", "free_first_hours", "whole number"),
            ("- a\n- b", "front matter", "no list of fields"),
            ("title: 'a", "front matter", "no YAML"),
            ("title: !!python/object/apply:os.system [ls]", "title", "must be a text, not a list"),
            ("[" * 10_000, "front matter", "no YAML"),
            ("a: " + "- " * 5_000, "front matter", "no YAML"),
            ("title: " + "a" * 70_000, "front matter", "longer than"),
            ("slug: a", "title", "missing"),
        ],
    )
    def test_that_is_wrong_is_refused_by_the_fields_name(self, front: str, field: str, sentence: str) -> None:
        with pytest.raises(BadInput, match=sentence.replace("?", r"\?")) as caught:
            markdown(front)
        assert caught.value.field == field

    def test_gives_a_bomb_of_aliases_nothing_to_multiply(self) -> None:
        bomb = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\ntitle: *b"
        with pytest.raises(BadInput):
            split(f"---\n{bomb}\n---\n")


class TestMarkdown:
    def test_takes_its_title_from_the_first_heading_if_need_be(self) -> None:
        item = read_markdown("# A *title*\n\nText.", "notes/a.md", "notes/a")
        assert (item.title, item.key) == ("A title", "notes/a")
        assert "title" not in item.html

    def test_aligns_tables_by_class(self) -> None:
        assert '<td class="right">1</td>' in markdown("title: t", "| a |\n| ---: |\n| 1 |").html


PAGE = """<html lang="pt_BR"><head><title>Site - Title</title><meta property="og:title" content="Title">
<link rel="canonical" href="https://e.org/a"><meta name="author" content="Ana">
<meta property="article:published_time" content="2026-11-20T10:00:00+04:00">
<meta property="article:section" content="World">{head}</head><body><nav>menu</nav>
<div class="text">One.<script>x()</script><aside>advert</aside><div class="text">Two.</div></div>
<div class="text">Three.</div></body></html>"""


class TestAPage:
    def test_says_of_itself_who_wrote_it_and_when(self) -> None:
        item = read_html(PAGE.format(head=""), "a.html", "a", ".text")
        assert (item.title, item.key, item.authors, item.section) == ("Title", "https://e.org/a", ("Ana",), "World")
        assert item.published_at == datetime(2026, 11, 20, 6, tzinfo=UTC)
        assert item.language == "pt_BR"

    @pytest.mark.parametrize("wrap", ["{}", "[{}]", '{{"@graph": [{{"@type": "WebSite"}}, {}]}}'])
    def test_is_believed_most_in_its_structured_data(self, wrap: str) -> None:
        said = {
            "@type": ["NewsArticle"], "headline": "Headline", "datePublished": "2026-11-19",
            "author": [{"name": "Farid"}, "Sevda", {"name": "https://e.org/x"}], "articleSection": ["Culture"],
        }  # fmt: skip
        script = f'<script type="application/ld+json">{wrap.format(json.dumps(said))}</script>'
        item = read_html(PAGE.format(head=script), "a.html", "a", ".text")
        assert (item.title, item.authors, item.section) == ("Headline", ("Farid", "Sevda"), "Culture")
        assert item.published_at == datetime(2026, 11, 19)  # noqa: DTZ001 - no zone is said

    @pytest.mark.parametrize(
        "script", ["{", "[" * 100_000, "null", '{"@type": 1}', '{"@type": "NewsArticle", "author": 7}']
    )
    def test_with_broken_structured_data_is_read_without_it(self, script: str) -> None:
        head = f'<script type="application/ld+json">{script}</script>'
        assert read_html(PAGE.format(head=head), "a.html", "a", ".text").title == "Title"

    def test_gives_every_match_once_without_scripts_asides_and_navigation(self) -> None:
        html = read_html(PAGE.format(head=""), "a.html", "a", ".text").html
        assert [html.count(word) for word in ("One", "Two", "Three")] == [1, 1, 1]
        assert not any(word in html for word in ("x()", "advert", "menu"))

    @pytest.mark.parametrize(("selector", "sentence"), [(None, "--body-selector"), (".nowhere", "nothing on the page")])
    def test_without_a_place_for_its_text_is_refused(self, selector: str | None, sentence: str) -> None:
        with pytest.raises(BadInput, match=sentence):
            read_html(PAGE.format(head=""), "a.html", "a", selector)


class TestLetters:
    @pytest.mark.parametrize(
        ("text", "codec", "label"),
        [
            ("Привет, мир", "cp1251", "windows-1251"), ("中文新闻", "gb18030", "gb2312"),
            ("日本語", "cp932", "Shift_JIS"),
            ("日本語", "iso2022_jp", "iso-2022-jp"), ("한국어", "cp949", "euc-kr"), ("ไทย", "cp874", "tis-620"),
            ("café", "cp1252", "iso-8859-1"), ("café", "utf-8", "iso-8859-1"),
        ],
    )  # fmt: skip
    def test_are_read_in_the_encoding_that_the_page_declares(self, text: str, codec: str, label: str) -> None:
        page = f'<meta charset="{label}">{text}'
        assert decode(page.encode(codec)) == page

    @pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
    def test_are_read_by_their_byte_order_mark(self, codec: str) -> None:
        assert decode("ağ".encode(codec)) == "ağ"

    @pytest.mark.parametrize("label", ["", "utf-8", "base64", "unicode_escape", "idna", "x" * 100])
    def test_that_nothing_explains_are_refused(self, label: str) -> None:
        with pytest.raises(BadInput, match="neither UTF-8"):
            decode(f'<meta charset="{label}">'.encode() + "Привет, мир, привет".encode("cp1251"))


class TestAFeed:
    def test_in_rss_gives_the_whole_text_rather_than_its_summary(self) -> None:
        more = "<description>short</description><link>https://e.org/1</link><category>World</category>"
        more += "<pubDate>Fri, 20 Nov 2026 10:00:00 +0400</pubDate><author>a@e.org (Ana)</author>"
        (item,) = read_feed(rss(rss_item("1", "whole", more)).encode(), "f.xml")
        assert (item.key, item.html, item.section, item.authors) == ("1", "<p>whole</p>", "World", ("Ana",))
        assert item.tags == ("World",)
        assert item.published_at == datetime(2026, 11, 20, 6, tzinfo=UTC)

    def test_in_rss_1_and_atom_is_read_too(self) -> None:
        rdf = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
            <channel rdf:about="https://e.org/"><title>t</title></channel><item rdf:about="https://e.org/1">
            <title>A</title><link>https://e.org/1</link><description>text</description></item></rdf:RDF>"""
        atom = """<feed xmlns="http://www.w3.org/2005/Atom"><updated>2026-11-22T00:00:00Z</updated><entry><id>urn:1</id>
            <title type="html">A &amp;amp; B</title><updated>2026-11-20T00:00:00Z</updated>
            <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>text</p></div></content></entry></feed>"""
        assert read_feed(rdf.encode(), "f")[0].key == "https://e.org/1"
        (entry,) = read_feed(atom.encode(), "f")
        assert (entry.key, entry.published_at) == ("urn:1", None)
        assert entry.first_seen_at == datetime(2026, 11, 20, tzinfo=UTC)
        assert "<p>text</p>" in entry.html

    @pytest.mark.parametrize(
        "data",
        [b"", b"\x00", b"<html><body>no</body></html>", b"/etc/passwd", b"http://127.0.0.1:9/feed.xml"],
    )
    def test_that_is_none_is_refused_and_never_opened_or_fetched(self, data: bytes) -> None:
        with pytest.raises(BadInput, match="no feed"):
            read_feed(data, "f")

    def test_made_of_entities_does_not_explode(self) -> None:
        levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
        bomb = f'<!DOCTYPE rss [<!ENTITY a0 "lol">{levels}]>' + rss(rss_item("1", "x")).partition("?>")[2]
        items = read_feed(bomb.replace("Item 1", "&a9;").encode(), "f")
        assert all(len(item.title) < 10_000 for item in items)

    def test_with_an_entity_that_names_a_file_does_not_read_it(self) -> None:
        evil = '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + rss(rss_item("1", "x")).partition("?>")[2]
        items = read_feed(evil.replace("Item 1", "&f;").encode(), "f")
        assert "root:" not in "".join(item.title for item in items)

    def test_with_odd_tags_is_taken_without_those(self) -> None:
        more = "".join(f"<category>{tag}</category>" for tag in ("x" * 101, "One", "One", *range(30)))
        (item,) = read_feed(rss(rss_item("1", "whole", more)).encode(), "f.xml")
        assert item.tags is not None
        assert (item.tags[:2], len(item.tags)) == (("One", "0"), 20)


class TestAJsonFeed:
    def test_is_read(self) -> None:
        feed = {
            "version": "https://jsonfeed.org/version/1.1", "language": "en", "authors": [{"name": "Paper"}],
            "items": [
                {"id": 7, "content_text": "a < b\n\nc", "date_published": "2026-11-20T00:00:00Z", "tags": ["World"]},
                {"url": "https://e.org/2", "content_html": "<p>x</p>", "author": {"name": "Ana"}},
                "nothing",
            ],
        }  # fmt: skip
        first, second, third = read_json_feed(json.dumps(feed), "f.json")
        assert (first.key, first.html, first.authors) == ("7", "<p>a &lt; b</p><p>c</p>", ("Paper",))
        assert first.published_at == datetime(2026, 11, 20, tzinfo=UTC)
        assert (first.tags, second.tags) == (("World",), None)
        assert (second.key, second.authors, third.key) == ("https://e.org/2", ("Ana",), "")

    @pytest.mark.parametrize(
        "text",
        ["{", "[]", '{"items": 1}', '{"items": []}', '{"items": [NaN]}', '{"a": 1, "a": 2}', "[" * 200_000,
         '{"items": [' + "9" * 10_000 + "]}"],
    )  # fmt: skip
    def test_that_is_broken_or_ambiguous_is_refused(self, text: str) -> None:
        with pytest.raises(BadInput):
            read_json_feed(text, "f.json")


class TestDates:
    @pytest.mark.parametrize(
        ("written", "hours"),
        [("2026-11-20T10:00:00+04:00", 4), ("Fri, 20 Nov 2026 10:00:00 +0400", 4), ("2026-11-20T10:00:00Z", 0)],
    )
    def test_with_a_zone_keep_it(self, written: str, hours: int) -> None:
        when = guess_date(written)
        assert when is not None
        assert when.utcoffset() == timedelta(hours=hours)

    @pytest.mark.parametrize("written", ["November 20, 2026 10:00", "20.11.2026 10:00", "2026/11/20 10:00"])
    def test_as_newspapers_write_them_are_local(self, written: str) -> None:
        assert guess_date(written) == datetime(2026, 11, 20, 10)  # noqa: DTZ001

    @pytest.mark.parametrize("written", ["", "yesterday", "0000-00-00", "9" * 50, "2026-02-30", "Fri, 99 Foo 1 1:1:1"])
    def test_that_say_nothing_are_none(self, written: str) -> None:
        assert guess_date(written) is None
