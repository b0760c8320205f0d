"""The guide to the leak audit: its examples run, its report is what is printed, its tables are complete."""

import json
import os
import re
import shlex
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from paywall.wall.audit.command import main
from paywall.wall.audit.surfaces import Place, Surface
from tests.api.guides import GUIDES, example, run
from tests.wall.audit.paper import CANARY, LOCKED, PATH, PREVIEW, SUBSCRIBER, Environ, Paper

GUIDE = "leak-audit.md"
ADDRESS = f"https://www.paper.example{PATH}"
TEXT = (GUIDES / GUIDE).read_text()


@pytest.fixture
def in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Don't wait between requests: this paper is nobody else's."""
    monkeypatch.setattr(time, "sleep", lambda _: None)


@pytest.mark.usefixtures("in_no_time")
class TestTheExamples:
    def test_the_shortest_one(self, paper: Paper) -> None:
        _, command, url, *options = shlex.split(TEXT.split("\n\n")[1])
        assert (command, url, options[0]) == ("audit", "https://www.paper.example/news/a-locked-article", "--canary")
        assert main([paper.address + PATH, "--canary", CANARY]) == 0
        paper.article = f"<!-- {CANARY} -->"
        assert main([paper.address + PATH, "--canary", CANARY]) == 1

    def test_the_one_in_python(self, paper: Paper) -> None:
        code = example(GUIDE, "python", {ADDRESS: paper.address + PATH, "subscriber=…": SUBSCRIBER})
        assert run(code)["report"].sureness == "certain"
        paper.article = f"<!-- {CANARY} -->"
        with pytest.raises(AssertionError, match="Leaks: 1 of 5 locked sentences"):
            run(code)

    def test_the_report(
        self, paper: Paper, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        body = {"@type": "NewsArticle", "articleBody": " ".join(PREVIEW + LOCKED)}
        paper.head = (
            f'<meta name="robots" content="noarchive"><script type="application/ld+json">{json.dumps(body)}</script>'
        )
        entry = f"<item><link>{PATH}</link><content>{LOCKED[0]} {LOCKED[1]}</content></item>"
        paper.pages["/feed"] = 200, "application/rss+xml", f"<rss>{entry}</rss>"
        paper.opens.append(_is_facebook)
        monkeypatch.setenv("COLUMNS", "100")
        main([paper.address + PATH, "--cookie", SUBSCRIBER])
        printed = capsys.readouterr().out.replace(paper.address, "https://www.paper.example")
        assert _comparable(printed) == _comparable(example(GUIDE, "report", {}))

    def test_the_one_for_a_pipeline(self, paper: Paper, tmp_path: Path) -> None:
        hurried = tmp_path / "paywall"
        ours = Path(sys.executable).parent / "paywall"
        hurried.write_text(f'#!/bin/sh\nexec {ours} "$@" --rate 100 --max 60\n')
        hurried.chmod(hurried.stat().st_mode | stat.S_IXUSR)
        paper.article = f"<!-- {CANARY} -->"
        given = {
            "ARTICLE": paper.address + PATH,
            "READER_COOKIE": SUBSCRIBER,
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
        }
        command = ["sh", "-e", "-c", example(GUIDE, "pipeline", {})]
        ran = subprocess.run(command, cwd=tmp_path, env=os.environ | given, capture_output=True, check=False)
        assert ran.returncode == 1
        assert json.loads((tmp_path / "leaks.json").read_text())["sentencesLeaked"] == 1


class TestTheTables:
    def test_name_every_surface(self) -> None:
        asked = TEXT.partition("## What is asked")[2].partition("\n\n## ")[0]
        assert re.findall(r"^\| (?!surface|---)([^|]+) \|", asked, re.MULTILINE) == [one.title for one in Surface]

    def test_name_every_place_in_a_page(self) -> None:
        elsewhere = {Place.DATA, Place.ENTRY, Place.LENGTH, Place.SOURCE, Place.REDIRECT, Place.REFUSAL}
        told = " ".join(TEXT.split())
        assert [one.title for one in Place if one not in elsewhere and one.title not in told] == []

    def test_name_every_option(self) -> None:
        options = set(re.findall(r"--[a-z]+", subprocess.run(_HELP, capture_output=True, text=True, check=True).stdout))
        assert options - {"--help"} <= set(re.findall(r"--[a-z]+", TEXT))


_HELP = [sys.executable, "-c", "from paywall.wall.audit.command import main; main(['--help'])"]


def _is_facebook(asked: Environ) -> bool:
    return "facebookexternalhit" in asked["HTTP_USER_AGENT"]


def _comparable(report: str) -> list[str]:
    """Return the words of a report; how much was asked may change."""
    return re.sub(r"\d+(?= (?:requests|addresses|kinds|others?\b))", "N", report).split()
