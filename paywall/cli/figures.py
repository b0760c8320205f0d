"""`paywall figures`: the figures of the dashboard, made anew from the books."""

import click

from paywall.cli.context import Context


@click.command()
@click.option("--publisher", metavar="SLUG", help="Whose figures; needed where there are several.")
@click.pass_obj
def rebuild(context: Context, publisher: str | None) -> None:
    """Make the dashboard's figures anew from all invoices; the old ones are shown until it is done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from paywall.business.keeping.making import count_customers, make_figures

    profile, database = context.profile(publisher), context.database()
    with database.reading() as session:
        customers = count_customers(session, profile.id)
    columns = (TextColumn("customers"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("customers", total=customers)
        done = make_figures(database, profile, lambda some: progress.advance(task, some))
    click.echo(f"The figures of {profile.name} are made anew, from the books of {done:,} customers.")
