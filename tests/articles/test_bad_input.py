"""Fields that can't be taken are named, and no bytes whatever break the import."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paywall.articles.drafts import Draft, make_draft
from paywall.articles.item import Item, Refusal
from paywall.articles.reading.documents import read_markdown
from paywall.articles.reading.folder import Skipped, Source, read_source
from paywall.errors import BadInput
from tests.articles.sources import Source as Folder
from tests.articles.sources import reasons, rss, rss_item

ENDINGS = [".md", ".html", ".xml", ".json"]
STARTS = [
    b"",
    b"---\n",
    b"---\ntitle: a\n---\n",
    b"<rss><channel><item>",
    b'{"version": "https://jsonfeed.org/version/1"',
    b"<p>",
]


def fields(**changes: str) -> Item:
    return Item(**({"where": "a", "key": "k", "html": "<p>some text</p>", "title": "t"} | changes))  # type: ignore[arg-type]


def draft(**changes: str) -> Draft:
    return make_draft(fields(**changes), ZoneInfo("Asia/Baku"), 100)


class TestAField:
    @pytest.mark.parametrize(
        ("field", "item"),
        [
            ("title", {"title": "x" * 501}),
            ("title", {"title": "e" + "\u0301" * 5_000}),
            ("standfirst", {"standfirst": "x" * 1_001}),
            ("section", {"section": "x" * 101}),
            ("id", {"key": "x" * 201}),
            ("id", {"key": " \u200b "}),
            ("slug", {"slug": "../../etc/passwd"}),
            ("slug", {"slug": "x" * 121}),
            ("access", {"access": "gold"}),
            ("language", {"language": "<script>"}),
            ("body", {"html": ""}),
            ("body", {"html": "<img src='https://e.org/a.png'>"}),
            ("body", {"html": "<p>…</p>"}),
            ("body", {"html": "x" * 2_000_001}),
        ],
    )
    def test_that_cannot_be_taken_is_named(self, field: str, item: dict[str, str]) -> None:
        with pytest.raises(BadInput) as caught:
            draft(**item)
        assert caught.value.field == field

    def test_loses_what_nobody_can_see(self) -> None:
        article = draft(title="\x00A\u202e title\ud800\ufeff", html="<p>a\x00b\ud800</p>")
        assert (article.title, article.body_html) == ("A title", "<p>ab</p>")

    def test_missing_for_a_title_is_made_of_the_first_words(self) -> None:
        words = "one two three four five six seven eight nine ten"
        assert draft(title="", html=f"<p>{words} eleven</p>").title == f"{words}…"

    def test_that_repeats_the_title_is_dropped_from_the_text(self) -> None:
        assert draft(title="A title", html="<h1>A  title</h1><p>text</p>").body_html == "<p>text</p>"

    @pytest.mark.parametrize("year", ["0001", "9999"])
    def test_of_an_impossible_year_is_refused(self, year: str) -> None:
        found = read_markdown(f"---\ntitle: a\ndate: {year}-01-01\n---\ntext", "a.md", "a")
        with pytest.raises(BadInput, match=f"the year {int(year)}"):
            make_draft(found, ZoneInfo("Asia/Baku"), 100)


class TestAnyBytes:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(st.sampled_from(ENDINGS), st.sampled_from(STARTS), st.binary(max_size=300))
    def test_are_articles_or_refusals_never_an_accident(
        self, tmp_path: Path, ending: str, start: bytes, rest: bytes
    ) -> None:
        path = tmp_path / f"a{ending}"
        path.write_bytes(start + rest)
        for found in read_source(Source(path, path.name), "p"):
            assert isinstance(found, Item | Refusal | Skipped)
            assert not (isinstance(found, Refusal) and "gave up" in found.reason)

    def test_of_every_kind_leave_the_database_as_it_was(self, source: Folder) -> None:
        odd = [
            b"",
            b"\x00" * 100,
            b"\xff\xfe",
            b"---\n",
            b"<" * 1_000,
            b'{"version": "https://jsonfeed.org/version/1",',
        ]
        for number, content in enumerate(odd):
            for ending in ENDINGS:
                source.write(f"{number}{ending}", content)
        report = source.load(body_selector="p")
        assert report.read == 0
        assert len(report.refused) + report.skipped == len(odd) * len(ENDINGS)
        assert not any("gave up" in reason for reason in reasons(report))
        assert source.articles() == []

    def test_that_postgresql_would_not_store_are_cleaned_first(self, source: Folder) -> None:
        source.write("a.xml", rss(rss_item("1", "text &#0; &#xD800; more", "<category>a&#1;b</category>")))
        source.write("b.md", b"---\ntitle: a\x00b\n---\ntext\x00\xed\xa0\x80")
        source.markdown("c.md", title='"a\\0b\\uD800c"')
        report = source.load()
        stored = "".join(article.title + article.body_html for article in source.articles())
        assert report.read + len(report.refused) == 3
        assert "\x00" not in stored

    def test_too_large_are_not_even_read(self, source: Folder) -> None:
        with (source.folder / "big.md").open("wb") as file:
            file.truncate(17 * 1024 * 1024)
        assert reasons(source.load()) == ["file: larger than 16 MB"]

    def test_that_may_not_be_read_are_refused(self, source: Folder) -> None:
        (source.folder / "a.md").symlink_to("/proc/self/mem")
        assert reasons(source.load())[0].startswith("file: can't be read")
