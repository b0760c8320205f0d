"""`paywall import subscribers FILE` and `paywall import undo NUMBER`: the same steps as /admin/import."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paywall.cli.context import Context

if TYPE_CHECKING:
    from rich.progress import Progress

    from paywall.importing.checking import Order
    from paywall.importing.mapping.columns import Field

ACTOR = "command line"
SYSTEMS = ("generic", "ghost", "substack", "leaky-paywall", "piano", "woocommerce")


@click.command("subscribers")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "system", type=click.Choice(SYSTEMS), default="generic", help="The system the file is from.")
@click.option(
    "--column", "columns", multiple=True, metavar="FIELD=HEADER", help="Where a field stands: ends=Paid until"
)
@click.option("--existing", type=click.Choice(["update", "skip"]), default="update", help="Readers with an account.")
@click.option("--letters", is_flag=True, help="Write to everybody who gets an account.")
@click.option("--apply", "applies", is_flag=True, help="Do it, if the file has no problem; else it is only checked.")
@click.option("--publisher", "slug", metavar="SLUG", help="Whose readers; needed where there are several.")
@click.pass_obj
def import_subscribers(
    context: Context,
    *,
    file: Path,
    system: str,
    columns: tuple[str, ...],
    existing: str,
    letters: bool,
    applies: bool,
    slug: str | None,
) -> None:
    """Import subscribers from the CSV file FILE; without --apply, say line by line what would happen.

    An import that was cut off goes on where it stopped, when the same file is applied again.
    """
    from paywall.importing.asking_stripe import StripeCheck
    from paywall.importing.checking import Order
    from paywall.importing.mapping.columns import chosen
    from paywall.importing.mapping.sources import MAPPINGS

    publisher = context.profile(slug)
    billing = context.product.work.billing
    stripe = StripeCheck(billing.gateway) if billing else None
    order = Order(publisher, chosen(_headers(columns), MAPPINGS[system]), ACTOR, existing, stripe)
    number = (_cut_off(context, publisher.id, file) if applies else None) or _check(context, order, file)
    is_good = _report(context, publisher.id, number)
    if applies and is_good:
        _apply(context, publisher.id, number, letters=letters)
    sys.exit(0 if is_good else 1)


@click.command("undo")
@click.argument("number", type=int)
@click.option("--publisher", "slug", metavar="SLUG", help="Whose import; needed where there are several.")
@click.pass_obj
def undo_import(context: Context, number: int, slug: str | None) -> None:
    """Take back what the import NUMBER made; what has changed since stays and is listed."""
    from paywall.importing.carrying_out.undoing import undo_all
    from paywall.importing.runs import State, begin_undoing, kept_by, progress_of, run_of
    from paywall.readership.forgetting import erasing

    publisher, database = context.profile(slug), context.database()
    with database.writing() as session:
        run = run_of(session, publisher.id, number)
        if run.state != State.UNDOING.value:
            begin_undoing(session, publisher.id, number, actor=ACTOR)
        left = progress_of(session, run)
    with _bar() as bar:
        task = bar.add_task("Undoing", total=left.total, completed=left.done)
        undo_all(database, number, erasing(context.settings.secret_key), lambda count: bar.advance(task, count))
    with database.reading() as session:
        for row in kept_by(session, number):
            click.echo(f"line {row.line}, account {row.reader_id}: {row.note}")
    click.echo(f"Import {number} is undone.")


def _headers(columns: tuple[str, ...]) -> dict["Field", str]:
    from paywall.importing.mapping.columns import Field

    named = dict(one.split("=", 1) for one in columns if "=" in one)
    fields = {field.value: field for field in Field}
    if len(named) < len(columns) or not fields.keys() >= named.keys():
        raise click.UsageError(f"--column: write FIELD=HEADER; fields are {', '.join(fields)}")
    return {fields[name]: header for name, header in named.items()}


def _cut_off(context: Context, publisher_id: int, file: Path) -> int | None:
    """Return the number of the import of this very file that was begun and not ended."""
    from paywall.importing.reading.text import look_at
    from paywall.importing.runs import cut_off

    with file.open("rb") as stream, context.database().reading() as session:
        return cut_off(session, publisher_id, look_at(stream))


def _check(context: Context, order: "Order", file: Path) -> int:
    from paywall.importing.checking import begin_check, check, open_file

    database = context.database()
    with file.open("rb") as stream, _bar() as bar:
        opened = open_file(stream, order)
        with database.writing() as session:
            number = begin_check(session, order, opened)
        size = file.stat().st_size
        task = bar.add_task("Checking", total=size)
        check(database, number, order, opened, lambda _line: bar.update(task, completed=stream.tell()))
        bar.update(task, completed=size)
    return number


def _report(context: Context, publisher_id: int, number: int) -> bool:
    """Print what an import would do, and what is wrong with its file; returns whether nothing is."""
    from paywall.importing.runs import problems_of, run_of
    from paywall.importing.summing import summary_of

    with context.database().reading() as session:
        run = run_of(session, publisher_id, number)
        problems, summary = problems_of(session, number), summary_of(session, run)
    for problem in problems:
        click.echo(f"line {problem.line}{', ' * bool(problem.column)}{problem.column}: {problem.sentence}")
    if run.problem_count > len(problems):
        click.echo(_many(run.problem_count - len(problems), "more problem"))
    if run.unknown_columns:
        click.echo(f"passed over: {', '.join(run.unknown_columns.splitlines())}")
    for count, words in summary:
        click.echo(f"{count:>9,} {words}")
    lines, found = _many(run.row_count, "line"), _many(run.problem_count, "problem")
    click.echo(f"Import {number}: {lines} without a problem, {found}")
    return not run.problem_count


def _many(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _apply(context: Context, publisher_id: int, number: int, *, letters: bool) -> None:
    from paywall.importing.carrying_out.applying import apply_all
    from paywall.importing.runs import State, begin_applying, progress_of, run_of

    database = context.database()
    with database.writing() as session:
        run = run_of(session, publisher_id, number)
        if run.state != State.APPLYING.value:
            begin_applying(session, publisher_id, number, letters=letters, actor=ACTOR)
        come = progress_of(session, run)
    with _bar() as bar:
        task = bar.add_task("Applying", total=come.total, completed=come.done)
        apply_all(database, number, context.settings.base_url, lambda count: bar.advance(task, count))
    click.echo(f"Import {number} is applied. `paywall import undo {number}` takes it back.")


def _bar() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))
