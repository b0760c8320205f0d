"""`paywall demo`, `serve`, `worker`, `migrate`: everything that runs or prepares to run."""

import sys
from datetime import datetime
from pathlib import Path

import click

from paywall.cli.context import Context, wait_for_database
from paywall.settings import EXIT_BAD_CONFIGURATION


@click.command()
@click.option("--port", default=8000, show_default=True, help="0 takes a free port.")
@click.option("--data", type=click.Path(path_type=Path), help="Where the demo keeps its data.")
@click.option("--company", is_flag=True, help="Nine readers come by themselves: they sign up, read, buy, cancel.")
@click.option("--scale", is_flag=True, help="Make up a big publication; the options below say how big.")
@click.option("--readers", type=click.IntRange(1), default=1_000_000, show_default=True)
@click.option("--subscriptions", type=click.IntRange(0), help="Three for ten readers, if not given.")
@click.option("--views", type=click.IntRange(0), help="Five for each reader, if not given.")
@click.option("--seed", default=5, show_default=True, help="The same seed makes the same rows.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The day on which all of it ends, if not today.")
@click.option("--database", metavar="URL", help="Fill this database instead of the demo's own.")
def demo(
    port: int,
    data: Path | None,
    company: bool,
    scale: bool,
    readers: int,
    subscriptions: int | None,
    views: int | None,
    seed: int,
    until: datetime | None,
    database: str | None,
) -> None:
    """Serve a demo newspaper with simulated payments; nothing to configure.

    With --scale a big publication is made up and nothing is served: start the demo again without it.
    """
    from paywall.demo.command import run_demo

    if not scale:
        run_demo(port, data, has_company=company)
        return
    from rich.console import Console

    from paywall.demo.scale.command import Where, run_scale
    from paywall.demo.scale.size import asked_for

    size = asked_for(readers, subscriptions, views, seed, until)
    run_scale(Where(data, f"http://127.0.0.1:{port}", database), size, Console())


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.pass_obj
def serve(context: Context, host: str, port: int) -> None:
    """Serve the configured publishers."""
    from paywall.serving import serve as serve_until_stopped

    settings = context.product.settings  # checks settings, database and schema before any worker starts
    context.product.database.close()
    serve_until_stopped("paywall.app:create_served_app", host, port, settings.workers)


@click.command()
@click.pass_obj
def worker(context: Context) -> None:
    """Work off billing events and mails, for deployments where serving processes don't (PAYWALL_DRAIN=off)."""
    context.product.work.run_until_stopped()


@click.command()
@click.pass_obj
def migrate(context: Context) -> None:
    """Bring the database's schema up to date."""
    from paywall.database import Database
    from paywall.schema import SchemaMismatch
    from paywall.schema import migrate as bring_up_to_date

    database = Database(context.settings.database_url)
    click.get_current_context().call_on_close(database.close)
    wait_for_database(database)
    try:
        bring_up_to_date(database, click.echo)
    except SchemaMismatch as error:
        click.echo(str(error), err=True)
        sys.exit(EXIT_BAD_CONFIGURATION)
