"""`paywall demo`, `serve`, `worker`, `migrate`: everything that runs or prepares to run."""

import sys
from pathlib import Path

import click

from paywall.cli.context import Context, wait_for_database
from paywall.settings import EXIT_BAD_CONFIGURATION


@click.command()
@click.option("--port", default=8000, show_default=True, help="0 takes a free port.")
@click.option("--data", type=click.Path(path_type=Path), help="Where the demo keeps its data.")
def demo(port: int, data: Path | None) -> None:
    """Serve a demo newspaper with simulated payments; nothing to configure."""
    from paywall.demo.command import run_demo

    run_demo(port, data)


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
    wait_for_database(database)
    try:
        bring_up_to_date(database, click.echo)
    except SchemaMismatch as error:
        click.echo(str(error), err=True)
        sys.exit(EXIT_BAD_CONFIGURATION)
