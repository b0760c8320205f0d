"""The report as people read it, and the progress of an audit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from paywall.wall.audit.asking.asks import Ask
from paywall.wall.audit.asking.people import Person
from paywall.wall.audit.telling.findings import Finding
from paywall.wall.audit.telling.report import Outcome, Report

WIDE = 120
_STYLES = {Outcome.CLEAN: "bold green", Outcome.LEAK: "bold red", Outcome.UNJUDGED: "bold yellow"}
_MOST_PEOPLE = 3
OnAsk = Callable[[Ask, Person], object]


@contextmanager
def progress(most: int, *, is_shown: bool) -> Iterator[OnAsk]:
    """Show on standard error how far an audit is; yields what to call with each request."""
    columns = TextColumn("{task.completed}/{task.total}"), BarColumn(20), TimeElapsedColumn()
    console = Console(stderr=True)
    bar = Progress(
        *columns, TextColumn("{task.description}", markup=False), console=console, disable=not is_shown, transient=True
    )
    with bar:
        task = bar.add_task("", total=most)
        yield lambda ask, person: bar.update(task, advance=1, description=f"{ask.surface.title}, as {person.name}")


def show(report: Report, console: Console) -> None:
    """Print the report."""
    console.print(Text(f"Leak audit of {report.url}", style="bold"))
    if report.outcome is not Outcome.UNJUDGED:
        console.print(Text(report.looked_for))
    if report.findings:
        console.print()
    for number, finding in enumerate(report.findings, 1):
        console.print(_title(number, finding))
        console.print(_details(finding, len(report.locked) if report.locked else 0))
    if report.notes:
        console.print()
        console.print(Text("Also seen", style="bold"))
    for note in report.notes:
        console.print(_row("·", note))
    if report.is_cut_short:
        console.print(_row("·", "Not everything was asked: the limit of requests was reached. Raise it with --max."))
    console.print()
    console.print(Text(report.summary, style=_STYLES[report.outcome]))


def _title(number: int, finding: Finding) -> Text:
    return Text.assemble((f"{number}. {finding.surface.title}: {finding.place.title}", "bold red"))


def _details(finding: Finding, total: int) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=8, justify="right", style="dim")
    table.add_column(overflow="fold")
    table.add_row("where", Text(f"{finding.address} (status {finding.status})"))
    others = len(finding.addresses) - 1
    if others > 0:
        table.add_row(
            "",
            Text(f"and {others} other address{'es' if others > 1 else ''} that show the same: {finding.addresses[1]}"),
        )
    table.add_row("as", Text(_people(finding)))
    found = f"{len(finding.sentences)} of {total} locked sentences" if finding.sentences else finding.detail
    table.add_row("found", Text(found + (f": “{finding.excerpt}”" if finding.excerpt else "")))
    table.add_row("mend", Text(finding.mend))
    return table


def _people(finding: Finding) -> str:
    told = ", ".join(finding.people[:_MOST_PEOPLE])
    rest = len(finding.people) - _MOST_PEOPLE
    return f"{told} and {rest} others" if rest > 0 else told


def _row(mark: str, text: str) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_row(mark, Text(text))
    return table
