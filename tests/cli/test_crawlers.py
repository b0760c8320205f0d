"""`paywall crawlers` and `paywall publisher crawlers`: what an operator types, and what comes back."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from paywall.gate.crawlers.catalogue import CRAWLERS
from paywall.gate.crawlers.rules import Kind
from tests.cli.operator import Run
from tests.gate.crawlers.names import GOOGLEBOT, IN_GOOGLES_RANGES
from tests.gate.crawlers.test_ranges import published
from tests.outgoing.certificates import Authority
from tests.outgoing.receiver import Receiver, plain, receiving

ADDRESS = "20.191.45.212"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """What an operator publishes, in a file."""
    path = tmp_path / "duckduckbot.json"
    path.write_bytes(published(f"{ADDRESS}/32"))
    return path


class TestRefreshing:
    def test_from_a_file_shows_what_changes_and_keeps_it(self, run: Run, file: Path) -> None:
        said = run("crawlers", "refresh", "duckduckgo", "--from", str(file))
        assert said.exit_code == 0
        assert said.stdout == f"duckduckgo: 1 range, 1 added, 0 removed\n  + {ADDRESS}/32\n"
        assert "nothing new" in run("crawlers", "refresh", "duckduckgo", "--from", str(file)).stdout
        assert run("crawlers", "check", ADDRESS, "--user-agent", "DuckDuckBot/1.1").exit_code == 0

    def test_for_a_try_keeps_nothing(self, run: Run, file: Path) -> None:
        said = run("crawlers", "refresh", "duckduckgo", "--from", str(file), "--dry-run")
        assert "1 added" in said.stdout
        assert run("crawlers", "check", ADDRESS, "--user-agent", "DuckDuckBot/1.1").exit_code == 1

    @pytest.mark.parametrize("bad", [published("0.0.0.0/0"), published("10.0.0.0/24"), b"[]", b"", b'{"prefixes": []}'])
    def test_refuses_what_can_not_be_meant_and_keeps_what_it_has(self, run: Run, file: Path, bad: bytes) -> None:
        run("crawlers", "refresh", "duckduckgo", "--from", str(file))
        file.write_bytes(bad)
        refused = run("crawlers", "refresh", "duckduckgo", "--from", str(file))
        assert refused.exit_code == 1
        assert "What is held stays." in refused.stderr
        assert run("crawlers", "check", ADDRESS, "--user-agent", "DuckDuckBot/1.1").exit_code == 0

    def test_shows_what_is_gone(self, run: Run, file: Path) -> None:
        said = run("crawlers", "refresh", "bing", "--from", str(file), "--dry-run").stdout
        assert "bing: 1 range, 1 added, 5 removed" in said
        assert "  - 157.55.39.0/24" in said

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("--from", "FILE"), "name it"),
            (("google", "bing", "--from", "FILE"), "name it"),
            (("kagi",), "kagi publishes no ranges"),
            (("googlebot",), "Choose from: google, bing, apple"),
        ],
    )
    def test_says_what_is_wrong_with_the_words(self, run: Run, file: Path, words: tuple[str, ...], said: str) -> None:
        refused = run("crawlers", "refresh", *(str(file) if word == "FILE" else word for word in words))
        assert refused.exit_code == 2
        assert said in refused.stderr


class TestFetching:
    @pytest.fixture
    def operator(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
        authority = Authority(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        with receiving(plain(200, published(f"{ADDRESS}/32")), authority.serving("localhost")) as server:
            yield server

    def test_from_another_address_takes_it_from_there(self, run: Run, operator: Receiver) -> None:
        url = f"https://localhost:{operator.port}/ranges.json"
        said = run("crawlers", "refresh", "duckduckgo", "--url", url)
        assert said.exit_code == 0, said.stderr
        assert "1 added" in said.stdout
        assert url in run("crawlers", "check", ADDRESS).stdout

    def test_leaves_what_it_has_where_nobody_answers(self, run: Run, operator: Receiver) -> None:
        operator.reply = plain(503)
        refused = run("crawlers", "refresh", "google", "--url", f"https://localhost:{operator.port}/")
        assert refused.exit_code == 1
        assert "answers 503" in refused.stderr
        assert run("crawlers", "check", IN_GOOGLES_RANGES).exit_code == 0

    def test_is_not_done_in_the_clear(self, run: Run) -> None:
        with receiving(plain(200, published(f"{ADDRESS}/32"))) as server:
            refused = run("crawlers", "refresh", "google", "--url", server.url())
            assert refused.exit_code == 1
            assert "https" in refused.stderr
            assert server.connections == 0


class TestChecking:
    def test_explains_who_is_in_a_range(self, run: Run) -> None:
        said = run("crawlers", "check", IN_GOOGLES_RANGES, "--user-agent", GOOGLEBOT)
        assert said.exit_code == 0
        assert "the user agent claims to be                    Googlebot" in said.stdout
        assert "66.249.66.0/27, came with this version, 16 March 2026" in said.stdout
        assert "Googlebot gets of news                         full" in said.stdout

    def test_without_a_user_agent_says_whose_address_it_is(self, run: Run) -> None:
        said = run("crawlers", "check", f"::ffff:{IN_GOOGLES_RANGES}").stdout
        assert "Google's testing tools gets of news            preview" in said

    @pytest.mark.parametrize(
        ("words", "said", "code"),
        [
            ((IN_GOOGLES_RANGES, "--user-agent", "Mozilla/5.0"), "claims to be                    no crawler", 1),
            (("nonsense", "--user-agent", GOOGLEBOT), "the address                                    is none", 1),
            ((ADDRESS, "--user-agent", "DuckDuckBot/1.1"), "ranges are all there is", 1),
            ((ADDRESS, "--user-agent", GOOGLEBOT), "the name servers did not answer", 75),
        ],
    )
    def test_explains_who_is_a_visitor(self, run: Run, words: tuple[str, ...], said: str, code: int) -> None:
        told = run("crawlers", "check", *words)
        assert said in told.stdout
        assert "a visitor, like everybody else" in told.stdout
        assert told.exit_code == code


class TestWhatEachGets:
    def test_is_shown_said_and_shown_again(self, run: Run) -> None:
        before = run("publisher", "crawlers", "news").stdout
        assert "Googlebot                    full (unsaid)" in before
        after = run("publisher", "crawlers", "news", "--google", "preview", "--google-tools", "full").stdout
        assert "Googlebot                    preview\n" in after
        assert "Google's testing tools       full\n" in after
        assert "Bingbot                      full (unsaid)" in after
        assert (
            "Googlebot gets of news                         preview"
            in run("crawlers", "check", IN_GOOGLES_RANGES).stdout
        )

    def test_is_full_or_preview_and_nothing_else(self, run: Run) -> None:
        assert run("publisher", "crawlers", "news", "--google", "all").exit_code == 2
        assert run("publisher", "crawlers", "news", "--googlebot", "full").exit_code == 2

    def test_is_explained_for_an_article(self, run: Run, tmp_path: Path) -> None:
        feed = tmp_path / "feed.json"
        item = {
            "id": "1",
            "url": "https://news.test/a",
            "title": "The ferry",
            "content_html": f"<p>{'word ' * 300}</p>",
        }
        feed.write_text(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": [item]}))
        imported = run("import", "articles", str(feed))
        assert imported.exit_code == 0, imported.stderr
        said = run("explain", "crawler:google", "the-ferry")
        assert said.exit_code == 0, said.stderr
        assert "rule: verified crawlers read what they are let" in said.stdout
        assert "Choose from: " in run("explain", "crawler:nobody", "the-ferry").stderr


class TestTheGuide:
    guide = (Path(__file__).resolve().parent.parent.parent / "docs/publishers/search-engines.md").read_text()

    def test_names_every_search_engine_and_how_it_is_known(self) -> None:
        rows = {option: row for row, option in re.findall(r"^(\|.*?`--([a-z-]+)` \|.*)$", self.guide, re.MULTILINE)}
        assert set(rows) == {one.name for one in CRAWLERS if one.kind is Kind.SEARCH}
        for one in CRAWLERS:
            masks = one.operator.hosts if one.name in rows else ()
            assert all(f"`{mask}`" in rows[one.name] for mask in masks if not mask.endswith((".ru", "yandex.net")))
            assert f"--{one.name}" in self.guide

    def test_shows_commands_that_can_be_typed_so(self, run: Run) -> None:
        typed = re.findall(r"^    paywall (.+?)(?: +#.*)?$", self.guide, re.MULTILINE)
        assert len(typed) >= 8
        for words in typed:
            told = run(*shlex.split(words), "--help")
            assert told.exit_code == 0, f"{words}: {told.stderr}"
