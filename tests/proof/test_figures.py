"""The command behind `make figures`, with small figures of its own."""

import re
from pathlib import Path

import pytest

from bench import figures
from bench.figures import FIGURES, Figure, main

GOOD = Figure("good", "A good one", "What it is.", "lost 0", ("-c", "print('storm: lost 0')"), headline="lost")
BAD = Figure("bad", "A bad one", "What it is.", "lost 0", ("-c", "import sys; print('lost 1'); sys.exit('oh dear')"))
MISSED = Figure("missed", "A miss", "Speed.", "fast", ("-c", "print('2.0, **missed**')"), refused=r"\*\*missed\*\*")
NOT_THERE = Figure("none", "Not written yet", "", "", ("-m", "bench.no_such_module"))


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "docs" / "figures.md"


def test_a_figure_stands_there_as_it_was_printed_with_what_was_asked_and_where(page: Path) -> None:
    assert main([], [GOOD], page) == 0
    text = page.read_text()
    assert "| A good one | lost 0 | met: storm: lost 0 |" in text
    assert "- Command: `python -c print('storm: lost 0')`" in text
    assert re.search(r"- Measured: \d{4}-\d\d-\d\d, \d+ cores, Python 3\.\d+", text)
    assert text.endswith("```\nstorm: lost 0\n```\n")


def test_a_figure_that_fails_is_shown_as_failed_and_so_does_the_command(page: Path) -> None:
    assert main([], [GOOD, BAD], page) == 1
    text = page.read_text()
    assert "| A bad one | lost 0 | **failed** |" in text
    assert "```\nlost 1\noh dear\n```" in text
    assert "met: storm" in text


def test_a_figure_that_prints_what_it_must_not_has_failed(page: Path) -> None:
    assert main([], [MISSED], page) == 1
    assert "| A miss | fast | **failed** |" in page.read_text()


def test_naming_one_runs_that_one_and_leaves_the_other_parts(page: Path) -> None:
    again = Figure("bad", "A bad one", "What it is.", "lost 0", ("-c", "print('mended')"))
    assert main([], [BAD, GOOD], page) == 1
    assert main(["bad"], [again, GOOD], page) == 0
    text = page.read_text()
    assert text.index("## A bad one") < text.index("mended") < text.index("## A good one") < text.rindex("lost 0")
    assert "oh dear" not in text
    assert text.count("## ") == 2


def test_a_name_that_is_none_is_refused(page: Path) -> None:
    with pytest.raises(SystemExit):
        main(["nonsense"], [GOOD], page)
    assert not page.exists()


def test_a_command_that_is_not_there_is_left_out(page: Path) -> None:
    assert main([], [GOOD, NOT_THERE], page) == 0
    assert "Not written yet" not in page.read_text()


def test_every_figure_that_is_declared_can_be_run_and_has_a_name_of_its_own() -> None:
    assert [figure.name for figure in FIGURES if not figure.is_there] == []
    assert len({figure.name for figure in FIGURES}) == len({figure.title for figure in FIGURES}) == len(FIGURES)
    assert figures.PAGE.name == "figures.md"
