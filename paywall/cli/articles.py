"""`paywall import articles PATH`: a progress bar while it runs, and a report that says what was refused and why."""

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paywall.articles.rules import AccessLevel
from paywall.articles.text import clean_line
from paywall.cli.context import Context
from paywall.errors import BadInput

if TYPE_CHECKING:
    from rich.console import Console

    from paywall.articles.importing import ImportOptions
    from paywall.articles.report import Report
    from paywall.database import Database

_MOST_NOTES = 20
_LEVELS = [str(level) for level in AccessLevel]


@click.command("articles")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--publisher", "slug", metavar="SLUG", help="Whose articles they are; needed where there are several.")
@click.option("--body-selector", metavar="CSS", help="Where the text of plain HTML pages is, as a CSS selector.")
@click.option(
    "--access",
    type=click.Choice(_LEVELS),
    help="For articles that name no access level [metered].",
)
@click.option("--section", metavar="SLUG", help="For articles without a section of the paper [news].")
@click.option("--dry-run", is_flag=True, help="Read and report; store nothing.")
@click.pass_obj
def import_articles(
    context: Context,
    path: Path,
    slug: str | None,
    body_selector: str | None,
    access: str | None,
    section: str | None,
    *,
    dry_run: bool,
) -> None:
    """Import articles from PATH: a folder of Markdown, HTML and feed files, or one of them.

    Exit status: 0, even if some articles were refused (the report says which and why); 1 if none could be read.
    """
    from rich.console import Console

    from paywall.articles.importing import ImportOptions
    from paywall.articles.storing import Defaults

    options = ImportOptions(Defaults(AccessLevel(access) if access else None, section), body_selector, dry_run)
    publisher = context.profile(slug)
    try:
        report = _with_bar(context.database(), publisher.id, path, options)
    except BadInput as error:
        raise click.UsageError(f"{error.field}: {error.sentence}") from error
    show(report, Console(soft_wrap=True), dry_run=dry_run)
    sys.exit(0 if report.read else 1)


def _with_bar(database: "Database", publisher_id: int, path: Path, options: "ImportOptions") -> "Report":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from paywall import clock
    from paywall.articles.importing import import_articles as bring_in

    columns = (TextColumn("Importing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("import", total=None)

        def on_progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        return bring_in(database, publisher_id, path, options, clock.now(), on_progress)


def show(report: "Report", console: "Console", *, dry_run: bool) -> None:
    """Print a report: each refusal with its place and reason, notes, and the counts last."""
    for refusal in report.refused:
        _line(console, "refused", f"{refusal.where}: {refusal.reason}")
    for note in report.notes[:_MOST_NOTES]:
        _line(console, "note", f"{note.where}: {note.reason}")
    for reason, more in Counter(note.reason for note in report.notes[_MOST_NOTES:]).items():
        _line(console, "note", f"{more} more: {reason}")
    console.print(_counts(report) + " (dry run: nothing was stored)" * dry_run, highlight=False, markup=False)
    if not report.read:
        console.print("Nothing could be read.", highlight=False)


def _line(console: "Console", kind: str, words: str) -> None:
    """File names and fields come from outside: no markup, no control characters reach the terminal."""
    console.print(f"{kind:8}{clean_line(words)}", highlight=False, markup=False)


def _counts(report: "Report") -> str:
    always = {"added": report.added, "changed": report.changed, "unchanged": report.unchanged}
    sometimes = {"repeated": report.repeated, "files that are no articles": report.skipped}
    counts = always | {"refused": len(report.refused)} | {what: count for what, count in sometimes.items() if count}
    return ", ".join(f"{count} {what}" for what, count in counts.items())
