"""`paywall audit` as an operator types it: what is printed, what is written, how it ends."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from paywall.cli import main
from tests.wall.audit.paper import CANARY, LOCKED, PATH, SUBSCRIBER, Paper, serve


@pytest.fixture
def paper() -> Iterator[Paper]:
    paper = Paper()
    with serve(paper) as address:
        paper.address = address
        yield paper


def audit(paper: Paper, *words: str, path: str = PATH) -> Result:
    return CliRunner().invoke(main, ["audit", paper.address + path, "--rate", "100", "--max", "90", *words])


class TestTheOutcome:
    def test_is_the_exit_code_0_for_a_clean_site(self, paper: Paper) -> None:
        result = audit(paper, "--canary", CANARY)
        assert result.exit_code == 0
        assert "Clean: the locked text was found nowhere" in result.stdout
        assert "90 requests were made. Raise the limit with --max." in " ".join(result.stdout.split())

    def test_is_1_for_a_leak_with_where_and_as_whom_and_how_to_mend_it(self, paper: Paper) -> None:
        paper.article = f"<!-- {CANARY} -->"
        result = audit(paper, "--canary", CANARY)
        assert result.exit_code == 1
        said = " ".join(result.stdout.split())
        assert "1. the article's page: comments" in said
        assert f"where {paper.address}{PATH} (status 200)" in said
        assert "as a visitor, " in said
        assert "found 1 of 1 locked sentences: “Nobody at the town hall" in said
        assert "mend Remove the comment." in said
        assert "Leaks: 1 of 1 locked sentence in 1 place" in said

    def test_is_2_where_nothing_can_be_judged(self, paper: Paper) -> None:
        result = audit(paper, path="/nothing-here")
        assert result.exit_code == 2
        assert "Not judged" in result.stdout

    @pytest.mark.parametrize(
        "words",
        [
            ("--canary", "short"),
            ("--feed", "https://elsewhere.example/feed"),
            ("--cookie", "@none"),
            ("--json", "/no/such/place"),
            ("--rate", "0"),
            ("--max", "x"),
        ],
    )
    def test_is_2_where_it_was_asked_for_wrongly(self, paper: Paper, words: tuple[str, ...]) -> None:
        result = audit(paper, *words)
        assert result.exit_code == 2
        assert "error: " in result.stderr
        assert paper.asked == []


class TestTheReportForPrograms:
    def test_is_written_to_a_file(self, paper: Paper, tmp_path: Path) -> None:
        paper.head = f'<meta name="description" content="{" ".join(LOCKED[:2])}">'
        file = tmp_path / "report.json"
        result = audit(paper, "--cookie", SUBSCRIBER, "--json", str(file))
        report = json.loads(file.read_text())
        assert report["exitCode"] == result.exit_code == 1
        assert (report["outcome"], report["sureness"], report["sentencesLeaked"]) == ("leak", "certain", 2)
        assert report["entitledReaderSeesIt"] is True
        (finding,) = report["findings"]
        assert (finding["surface"], finding["place"], finding["sentences"]) == ("page", "meta", 2)
        assert finding["address"] == paper.address + PATH
        assert finding["mend"]
        assert report["summary"] in " ".join(result.stdout.split())

    def test_may_be_all_that_is_printed(self, paper: Paper) -> None:
        assert json.loads(audit(paper, "--canary", CANARY, "--json", "-").stdout)["outcome"] == "clean"

    def test_does_not_hold_the_cookie_which_may_come_from_a_file(self, paper: Paper, tmp_path: Path) -> None:
        file = tmp_path / "cookie"
        file.write_text(f"Cookie: {SUBSCRIBER}\n")
        result = audit(paper, "--cookie", f"@{file}", "--json", "-")
        assert json.loads(result.stdout)["entitledReaderSeesIt"] is True
        assert "anna-7" not in result.output
