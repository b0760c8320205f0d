"""`paywall import articles PATH`: a progress bar while it runs, and a report that says what was refused and why."""

import sys
from collections import Counter
from pathlib import Path
from typing import Protocol

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import select

from paywall import clock
from paywall.articles.importing import ImportOptions, import_articles
from paywall.articles.report import Report
from paywall.articles.rules import AccessLevel
from paywall.articles.storing import Defaults
from paywall.database import Database
from paywall.errors import BadInput
from paywall.publishers.tables import Publisher

_MOST_NOTES = 20


class Installation(Protocol):
    """What the command line hands to its commands."""

    def database(self) -> Database:
        """Return the database of this installation."""
        ...


@click.command("articles")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--publisher", "slug", metavar="SLUG", help="Whose articles they are; needed where there are several.")
@click.option("--body-selector", metavar="CSS", help="Where the text of plain HTML pages is, as a CSS selector.")
@click.option("--access", type=click.Choice([*AccessLevel]), help="For articles that name no access level [metered].")
@click.option("--section", metavar="SLUG", help="For articles without a section of the paper [news].")
@click.option("--dry-run", is_flag=True, help="Read and report; store nothing.")
@click.pass_obj
def articles(  # noqa: PLR0913, PLR0917 - one argument for each option
    installation: Installation,
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
    database = installation.database()
    defaults = Defaults(AccessLevel(access) if access else None, section)
    options = ImportOptions(defaults, body_selector, dry_run)
    publisher_id = _publisher_id(database, slug)
    console = Console(stderr=True)
    try:
        with Progress(
            TextColumn("Importing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
        ) as bar:
            task = bar.add_task("import", total=None)
            report = import_articles(
                database,
                publisher_id,
                path,
                options,
                clock.now(),
                lambda done, total: bar.update(task, completed=done, total=total),
            )
    except BadInput as error:
        raise click.UsageError(f"{error.field}: {error.sentence}") from error
    show(report, Console(soft_wrap=True), dry_run=dry_run)
    sys.exit(0 if report.read else 1)


def show(report: Report, console: Console, *, dry_run: bool) -> None:
    """Print a report: each refusal with its place and reason, notes by kind, and the counts last."""
    for refusal in report.refused:
        console.print(f"[red]refused[/] {escape(refusal.where)}: {escape(refusal.reason)}", highlight=False)
    for note in report.notes[:_MOST_NOTES]:
        console.print(f"[yellow]note[/]    {escape(note.where)}: {escape(note.reason)}", highlight=False)
    for reason, more in Counter(note.reason for note in report.notes[_MOST_NOTES:]).items():
        console.print(f"[yellow]note[/]    {more} more: {escape(reason)}", highlight=False)
    counts = {
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "refused": len(report.refused),
        "repeated": report.repeated,
        "files that are no articles": report.skipped,
    }
    always = {"added", "changed", "unchanged", "refused"}
    line = ", ".join(f"{count} {what}" for what, count in counts.items() if count or what in always)
    console.print(f"{line}{' (dry run: nothing was stored)' if dry_run else ''}", highlight=False)
    if not report.read:
        console.print("Nothing could be read.", highlight=False)


def _publisher_id(database: Database, slug: str | None) -> int:
    with database.reading() as session:
        found: dict[str, int] = dict(session.execute(select(Publisher.slug, Publisher.id)).tuples().all())
    known = ", ".join(sorted(found)) or "none yet"
    if slug is None and len(found) == 1:
        return next(iter(found.values()))
    if slug is None or slug not in found:
        raise click.UsageError(f"--publisher: name one of the publishers ({known})")
    return found[slug]
