"""The report as people read it, and the progress of an audit, on any terminal and by no library."""

import os
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from shutil import get_terminal_size
from typing import TextIO

from paywall.wall.audit.asking.asks import Ask
from paywall.wall.audit.asking.people import Person
from paywall.wall.audit.telling.findings import Finding
from paywall.wall.audit.telling.report import Outcome, Report

_WIDEST, _MARGIN = 120, 8
_COLOURS = {Outcome.CLEAN: "1;32", Outcome.LEAK: "1;31", Outcome.UNJUDGED: "1;33"}
_BOLD, _RED = "1", "1;31"
_MOST_PEOPLE = 3
_BAR = 24
OnAsk = Callable[[Ask, Person], object]


def show(report: Report, out: TextIO) -> None:
    """Print the report; in colours on a terminal, unless NO_COLOR is set."""
    is_coloured = out.isatty() and "NO_COLOR" not in os.environ
    width = min(get_terminal_size((_WIDEST, 24)).columns, _WIDEST)
    out.writelines(_in_colour(line, colour if is_coloured else "") for line, colour in _lines(report, width))


@contextmanager
def progress(most: int, out: TextIO) -> Iterator[OnAsk]:
    """Show how far an audit is, if `out` is a terminal; yields what to call before each request."""
    if not out.isatty():
        yield lambda *_: None
        return
    made = 0

    def on_ask(ask: Ask, person: Person) -> None:
        nonlocal made
        made += 1
        done = "━" * (_BAR * made // max(made, most))
        told = f"{done:╌<{_BAR}} {made}/{most} {ask.surface.title}, as {person.name}"
        out.write(f"\r\x1b[2K{told[: get_terminal_size().columns - 1]}")
        out.flush()

    try:
        yield on_ask
    finally:
        out.write("\r\x1b[2K")


def _in_colour(line: str, colour: str) -> str:
    return f"\x1b[{colour}m{line}\x1b[0m\n" if line and colour else f"{line}\n"


def _lines(report: Report, width: int) -> Iterator[tuple[str, str]]:
    """Yield each line and its colour."""
    yield f"Leak audit of {report.url}", _BOLD
    if report.outcome is not Outcome.UNJUDGED:
        yield from ((line, "") for line in textwrap.wrap(report.looked_for, width))
    for number, finding in enumerate(report.findings, 1):
        yield "", ""
        yield f"{number}. {finding.surface.title}: {finding.place.title}", _RED
        yield from ((line, "") for told in _told(finding, report) for line in _wrapped(*told, width))
    if report.notes:
        yield "", ""
        yield "Also seen", _BOLD
    yield from ((line, "") for note in report.notes for line in _wrapped("·", note, width))
    yield "", ""
    yield from ((line, _COLOURS[report.outcome]) for line in textwrap.wrap(report.summary, width))


def _told(finding: Finding, report: Report) -> Iterator[tuple[str, str]]:
    yield "where", f"{finding.address} (status {finding.status})"
    others = len(finding.addresses) - 1
    if others > 0:
        yield "", f"and {others} other address{'es' if others > 1 else ''} that show the same: {finding.addresses[1]}"
    yield "as", _people(finding)
    total = len(report.locked) if report.locked else 0
    found = f"{len(finding.sentences)} of {total} locked sentences" if finding.sentences else finding.detail
    yield "found", found + (f": “{finding.excerpt}”" if finding.excerpt else "")
    yield "mend", finding.mend


def _people(finding: Finding) -> str:
    told = ", ".join(finding.people[:_MOST_PEOPLE])
    rest = len(finding.people) - _MOST_PEOPLE
    return f"{told} and {rest} others" if rest > 0 else told


def _wrapped(name: str, text: str, width: int) -> list[str]:
    """Return a name and a text beside each other, addresses unbroken so that they can be copied."""
    first, more = f"{name:>{_MARGIN - 1}} ", " " * _MARGIN
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=more, break_long_words=False, break_on_hyphens=False
    )
