"""`paywall import articles`: what it prints, and how it ends."""

import pytest
from click.testing import CliRunner, Result

from paywall.cli.articles import import_articles
from paywall.database import Database
from paywall.publishers.profiles import choose
from paywall.publishers.rules import Profile
from tests.articles.sources import Source, rss, rss_item


class Installation:
    def __init__(self, database: Database) -> None:
        self._database = database

    def database(self) -> Database:
        return self._database

    def profile(self, slug: str | None) -> Profile:
        return choose(self._database, slug)


def run(source: Source, *options: str) -> Result:
    arguments = [str(source.folder), *options]
    return CliRunner().invoke(import_articles, arguments, obj=Installation(source.database))


class TestTheReport:
    def test_counts_and_names_each_refusal_with_its_reason(self, source: Source) -> None:
        source.markdown("a.md")
        source.markdown("b.md", acess="free")
        source.write("c.xml", rss(rss_item("1"), rss_item("2", body="")))
        source.write("d.txt", "x")
        result = run(source)
        assert result.exit_code == 0
        assert "refused b.md: acess: unknown field; did you mean access?" in result.stdout
        assert "refused c.xml, item 2: body: no text" in result.stdout
        assert "note    c.xml, item 1: no date of publication is given" in result.stdout
        assert "2 added, 0 changed, 0 unchanged, 2 refused, 1 files that are no articles" in result.stdout

    def test_of_a_dry_run_says_so(self, source: Source) -> None:
        source.markdown()
        assert (
            "1 added, 0 changed, 0 unchanged, 0 refused (dry run: nothing was stored)"
            in run(source, "--dry-run").stdout
        )
        assert source.articles() == []

    def test_lets_no_control_characters_reach_the_terminal(self, source: Source) -> None:
        source.write("\x1b[31mred[bold]\u202e.md", "---\nti\x1btle: a\n---\nx")
        result = run(source)
        assert "\x1b" not in result.stdout
        assert "\u202e" not in result.stdout
        assert "red[bold]" in result.stdout


class TestTheExitStatus:
    def test_is_1_where_nothing_could_be_read(self, source: Source) -> None:
        source.markdown(access="gold")
        result = run(source)
        assert result.exit_code == 1
        assert "Nothing could be read." in result.stdout

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            (["--access", "gold"], "--access"),
            (["--section", "A B"], "--section"),
            (["--body-selector", "p[["], "--body"),
        ],
    )
    def test_is_2_for_an_option_that_cannot_be_meant(self, source: Source, options: list[str], named: str) -> None:
        source.markdown()
        result = run(source, *options)
        assert result.exit_code == 2
        assert named in result.stderr


def test_options_hold_for_articles_that_say_nothing_themselves(source: Source) -> None:
    source.markdown("a.md")
    source.markdown("b.md", access="free", section="culture")
    options = ("--access", "subscribers", "--section", "world", "--publisher", source.publisher.slug)
    assert run(source, *options).exit_code == 0
    assert [(a.access, a.section) for a in source.articles()] == [("subscribers", "world"), ("free", "culture")]
