"""The import: what is stored, what is left alone, and what nothing can break."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from paywall.articles import drafts, importing, storing
from paywall.articles.reading import folder
from paywall.articles.report import Report
from paywall.articles.rules import AccessLevel
from paywall.articles.storing import DATE_IS_IMPORT
from paywall.articles.tables import Tagged
from paywall.changes import ChangeRow
from paywall.database import Database
from paywall.errors import BadInput
from paywall.publishers.profiles import read_profile
from tests.articles.sources import NOW, TEXT, Source, reasons, rss, rss_item


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.unchanged, len(report.refused)


def changes_told(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(ChangeRow.id)).where(ChangeRow.kind == "article")) or 0


class TestAnArticle:
    def test_is_stored_with_all_that_its_file_says(self, source: Source) -> None:
        source.markdown(
            slug="the-harbour", title='"The harbour: a title"', standfirst="It waits.", section="City Life",
            authors="[Ana Brodetska, Farid Orujlu]", language="en-GB", access="subscribers",
            published_at="2026-11-20T06:45:00", updated_at="2026-11-21T00:00:00Z", embargoed_until="2026-11-22",
            withdrawn_at="null", free_first_hours="2", free_after_hours="~",
        )  # fmt: skip
        assert counts(source.load()) == (1, 0, 0, 0)
        article = source.article()
        assert (article.key, article.slug, article.title) == ("a.md", "the-harbour", "The harbour: a title")
        assert article.authors == ["Ana Brodetska", "Farid Orujlu"]
        assert (article.section, article.access, article.language) == ("city-life", "subscribers", "en-GB")
        assert article.published_at == datetime(2026, 11, 20, 2, 45, tzinfo=UTC)  # Baku is four hours ahead
        assert article.embargoed_until == article.opens_at == datetime(2026, 11, 21, 20, tzinfo=UTC)
        assert (article.withdrawn_at, article.free_first_hours, article.free_after_hours) == (None, 2, None)
        assert article.word_count == 200
        assert article.body_html.startswith(article.preview_html[:40])

    def test_keeps_its_tags_until_the_source_names_others(self, source: Source) -> None:
        source.markdown(tags="[The Harbour, Baku, the-harbour]")
        source.load()
        assert source.article().tags == ["The Harbour", "Baku"]
        source.markdown(title="Another")
        source.load()
        assert source.article().tags == ["The Harbour", "Baku"]
        source.markdown(title="Another", tags="[Baku]")
        assert counts(source.load()) == (0, 1, 0, 0)
        with source.database.reading() as session:
            assert session.scalars(select(Tagged.slug)).all() == ["baku"]
        source.markdown(title="Another", tags="[]")
        source.load()
        assert source.article().tags == []

    @pytest.mark.parametrize("tags", ["[" + ", ".join(map(str, range(21))) + "]", "x" * 101])
    def test_of_too_many_or_too_long_tags_is_refused(self, source: Source, tags: str) -> None:
        source.markdown(tags=tags)
        [refused] = source.load().refused
        assert "tags" in refused.reason

    def test_makes_its_section_known(self, source: Source) -> None:
        source.markdown(section="City Life")
        source.load()
        with source.database.reading() as session:
            section = read_profile(session, source.publisher.id).section("city-life")
        assert section is not None
        assert section.name == "City Life"

    def test_again_changes_nothing(self, source: Source) -> None:
        for name in ("a.md", "b.md"):
            source.markdown(name)
        source.write("feed.xml", rss(rss_item("1"), rss_item("2")))
        assert counts(source.load()) == (4, 0, 0, 0)
        told = changes_told(source.database)
        assert counts(source.load(now=NOW + timedelta(days=1))) == (0, 0, 4, 0)
        assert changes_told(source.database) == told == 4

    def test_that_changed_has_a_new_version_and_others_hear_of_it(self, source: Source) -> None:
        source.markdown()
        source.load()
        before = source.article()
        source.markdown(body=TEXT + "More.")
        assert counts(source.load()) == (0, 1, 0, 0)
        after = source.article()
        assert after.version != before.version
        assert after.id == before.id
        assert changes_told(source.database) == 2

    def test_keeps_what_its_source_does_not_say(self, source: Source) -> None:
        path = source.write("feed.xml", rss(rss_item("1")))
        report = source.load(path, access=AccessLevel.SUBSCRIBERS, section="culture")
        assert [note.reason for note in report.notes] == [DATE_IS_IMPORT]
        before = source.article()
        source.write("feed.xml", rss(rss_item("1").replace("Item 1", "A new title")))
        assert counts(source.load(path, now=NOW + timedelta(days=9))) == (0, 1, 0, 0)
        after = source.article()
        assert after.title == "A new title"
        assert (after.slug, after.access, after.section) == (before.slug, "subscribers", "culture")
        assert after.published_at == NOW

    def test_of_the_same_title_gets_an_address_of_its_own_and_keeps_it(self, source: Source) -> None:
        for name in ("a.md", "b.md", "c.md"):
            source.markdown(name, title="Twice")
        source.load()
        slugs = [article.slug for article in source.articles()]
        assert slugs[0] == "twice"
        assert len(set(slugs)) == 3
        assert counts(source.load()) == (0, 0, 3, 0)
        assert [article.slug for article in source.articles()] == slugs

    def test_with_a_slug_that_is_taken_is_told_where_it_went(self, source: Source) -> None:
        for name in ("a.md", "b.md"):
            source.markdown(name, slug="the-harbour")
        report = source.load()
        assert [note.where for note in report.notes] == ["b.md"]
        assert counts(source.load()) == (0, 0, 2, 0)

    def test_met_twice_in_one_import_is_taken_once(self, source: Source) -> None:
        source.markdown("a.md", id="same")
        source.markdown("b.md", id="same")
        for name in ("f.xml", "g.xml"):
            source.write(name, rss(rss_item("feed-item")))
        report = source.load()
        assert reasons(report) == ["id: a.md has an article with the same id in this import"]
        assert (report.added, report.repeated) == (2, 1)


class TestOnlyArticles:
    def test_are_looked_at_in_a_folder(self, source: Source) -> None:
        source.markdown("deep/er/a.md")
        for name in ("a.jpg", "sections.yaml", "canaries.json", "no-suffix", ".hidden.md", ".git/a.md"):
            source.write(name, '{"a": 1}')
        report = source.load()
        assert (report.added, report.skipped, report.refused) == (1, 4, [])

    def test_a_dry_run_stores_nothing(self, source: Source) -> None:
        source.markdown(section="brand-new")
        assert counts(source.load(dry_run=True)) == (1, 0, 0, 0)
        assert source.articles() == []
        assert changes_told(source.database) == 0
        assert counts(source.load()) == (1, 0, 0, 0)

    @pytest.mark.parametrize("options", [{"body_selector": "p[["}, {"section": "No Slug"}])
    def test_a_bad_option_is_named_before_anything_is_read(self, source: Source, options: dict[str, Any]) -> None:
        source.markdown()
        with pytest.raises(BadInput) as caught:
            source.load(**options)
        assert caught.value.field.startswith("--")
        assert source.articles() == []


class TestABadArticle:
    def test_never_stops_the_rest(self, source: Source) -> None:
        source.markdown("a.md")
        source.markdown("b.md", access="gold")
        source.markdown("c.md", body="")
        source.write("d.md", b"\xff\xfe\x00\xff")
        source.write("e.xml", rss(rss_item("1"), rss_item("2", body=""), rss_item(""), rss_item("4")))
        report = source.load()
        assert report.added == 3
        assert [refusal.where for refusal in report.refused] == [
            "b.md", "c.md", "d.md", "e.xml, item 2", "e.xml, item 3",
        ]  # fmt: skip

    def test_that_a_parser_chokes_on_is_refused_by_the_errors_type(
        self, source: Source, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def choke(*_: object) -> None:
            raise RuntimeError("a secret of the file")

        monkeypatch.setattr(folder, "read_feed", choke)
        source.write("a.xml", "x")
        source.markdown("b.md")
        report = source.load()
        assert reasons(report) == ["file: a parser gave up on it (RuntimeError)"]
        assert report.added == 1

    def test_that_the_database_refuses_leaves_nothing_of_itself(
        self, source: Source, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def store_and_break(*given: object, **more: object) -> object:
            result = storing.store(*given, **more)  # type: ignore[arg-type]
            if getattr(given[2], "key", "") == "b.md":
                given[0].execute(text("INSERT INTO sections (slug) VALUES (NULL)"))  # type: ignore[attr-defined]
            return result

        monkeypatch.setattr(importing, "store", store_and_break)
        for name in ("a.md", "b.md", "c.md"):
            source.markdown(name, section=f"of-{name[0]}")
        report = source.load()
        assert reasons(report) == ["database: would not take it (IntegrityError)"]
        assert [article.key for article in source.articles()] == ["a.md", "c.md"]
        assert changes_told(source.database) == 2
        with source.database.reading() as session:
            assert read_profile(session, source.publisher.id).section("of-b") is None


KILLED = """
import os, sys
from pathlib import Path
from datetime import datetime, UTC
from paywall import schema
from paywall.articles import drafts, importing, storing
from paywall.database import Database
schema.load_tables()
store, stored = importing.store, []
def store_and_die(*given, **more):
    stored.append(store(*given, **more))
    if len(stored) == int(sys.argv[3]):
        os._exit(9)
    return stored[-1]
importing.store = store_and_die
importing.import_articles(Database(sys.argv[1]), 1, Path(sys.argv[2]), importing.ImportOptions(), datetime.now(UTC))
"""


class TestAKilledImport:
    @pytest.mark.parametrize(("killed_at", "kept"), [(1, 0), (50, 0), (75, 50)])
    def test_leaves_whole_articles_only_and_is_finished_by_the_next(
        self, source: Source, database_url: str, killed_at: int, kept: int
    ) -> None:
        source.write("feed.xml", rss(*(rss_item(str(number)) for number in range(90))))
        command = [sys.executable, "-c", KILLED, database_url, str(source.folder), str(killed_at)]
        assert subprocess.run(command, check=False).returncode == 9
        assert len(source.articles()) == changes_told(source.database) == kept
        assert counts(source.load()) == (90 - kept, 0, kept, 0)


class TestTheWriterLock:
    def test_is_free_while_files_are_read_and_cleaned(self, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
        written: list[bool] = []

        def make_while_others_write(*given: object, **more: object) -> object:
            with source.database.writing() as session:
                session.execute(text("UPDATE publishers SET name = 'Another'"))
            written.append(True)
            return drafts.make_draft(*given, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(importing, "make_draft", make_while_others_write)
        source.write("feed.xml", rss(*(rss_item(str(number)) for number in range(60))))
        assert source.load().added == 60
        assert len(written) == 60


def test_progress_counts_articles_and_ends_at_the_total(source: Source) -> None:
    source.write("a.xml", rss(rss_item("1"), rss_item("2")))
    source.markdown("b.md")
    seen: list[tuple[int, int]] = []
    importing.import_articles(
        source.database, source.publisher.id, source.folder, importing.ImportOptions(), NOW,
        lambda done, total: seen.append((done, total)),
    )  # fmt: skip
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_json_that_is_no_feed_is_no_article(source: Source) -> None:
    source.write("a.json", json.dumps({"version": "https://example.com/", "items": []}))
    assert source.load().skipped == 1
