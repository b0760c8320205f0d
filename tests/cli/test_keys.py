"""`paywall keys` and `paywall publisher site`: what an operator types, and what comes back."""

import pytest

from paywall.publishers.keys.rules import read_key
from tests.cli.operator import Run


def lines(run: Run) -> list[list[str]]:
    """Return the rows of the table of keys, their cells apart."""
    text = run("keys", "list").stdout
    return [line.split("  ") for line in text.splitlines() if "pw_" in line]


class TestCreating:
    def test_prints_the_key_alone_and_says_that_this_is_once(self, run: Run) -> None:
        made = run("keys", "create", "web server")
        assert read_key(made.stdout.strip())
        assert "shown once" in made.stderr

    def test_gives_the_least_rights_unless_others_are_named(self, run: Run) -> None:
        run("keys", "create", "web server")
        run("keys", "create", "editors", "--scope", "check", "--scope", "articles")
        table = run("keys", "list").stdout
        assert "articles, check" in table
        assert [("articles" in line) for line in table.splitlines() if "pw_" in line] == [True, False]

    def test_of_a_publishable_one_names_its_origins(self, run: Run) -> None:
        made = run("keys", "create", "pages", "--publishable", "--origin", "https://M.news.test/")
        assert made.stdout.startswith("pw_pk_")
        assert "https://m.news.test" in run("keys", "list").stdout

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("--scope", "all"), "scopes: Choose from: check, articles, readers, webhooks."),
            (("--publishable", "--scope", "readers"), "scopes: A publishable key can be read by everybody"),
            (("--origin", "https://m.news.test"), "origins: A secret key is used by servers"),
            (("--publishable", "--origin", "m.news.test"), "origin: Give scheme and host"),
        ],
    )
    def test_refuses_by_the_name_of_what_is_wrong(self, run: Run, words: tuple[str, ...], said: str) -> None:
        refused = run("keys", "create", "a key", *words)
        assert refused.exit_code == 1
        assert said in refused.stderr


class TestListing:
    def test_shows_no_secret_and_when_each_was_used(self, run: Run) -> None:
        key = run("keys", "create", "web server").stdout.strip()
        table = run("keys", "list").stdout
        assert key[:18] in table
        assert key[19:] not in table
        assert "never" in table

    def test_says_so_where_there_is_none(self, run: Run) -> None:
        said = run("keys", "list")
        assert (said.stdout, said.stderr[:22]) == ("", "There are no keys yet;")


class TestEnding:
    def test_takes_the_key_whole_or_its_id(self, run: Run) -> None:
        first, second = (run("keys", "create", "web server").stdout.strip() for _ in range(2))
        assert run("keys", "revoke", first).exit_code == 0
        assert run("keys", "revoke", second[:18]).exit_code == 0
        assert run("keys", "list").stdout.count("revoked") == 2
        assert run("keys", "revoke", first).exit_code == 1

    def test_by_rotation_leaves_both_for_a_while(self, run: Run) -> None:
        old = run("keys", "create", "web server").stdout.strip()
        new = run("keys", "rotate", old, "--overlap-hours", "2")
        assert read_key(new.stdout.strip())
        assert "2 hours more" in new.stderr
        table = run("keys", "list").stdout
        assert "ends 2" in table
        assert "works since" in table


class TestThePassKey:
    def test_is_followed_by_another_in_a_day(self, run: Run) -> None:
        assert "signs from" in run("keys", "rotate-pass-key").stdout
        assert run("keys", "rotate-pass-key", "--now").exit_code == 0


class TestSites:
    def test_are_added_listed_and_removed(self, run: Run) -> None:
        assert (
            "https://www.news.test is a site" in run("publisher", "site", "add", "news", "https://WWW.news.test").stdout
        )
        assert run("publisher", "site", "list", "news").stdout == "https://www.news.test\n"
        run("publisher", "site", "remove", "news", "https://www.news.test")
        nothing = run("publisher", "site", "list", "news")
        assert (nothing.stdout, nothing.stderr[:27]) == ("", "No site has been named yet;")

    def test_are_refused_by_what_is_wrong_with_them(self, run: Run) -> None:
        refused = run("publisher", "site", "add", "news", "www.news.test")
        assert refused.exit_code == 1
        assert refused.stderr.startswith("origin: Give scheme and host")


def test_the_help_says_what_each_command_is_for(run: Run) -> None:
    said = run("keys", "--help").stdout
    for word in ("create", "list", "revoke", "rotate", "rotate-pass-key"):
        assert word in said
