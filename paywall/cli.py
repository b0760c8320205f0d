"""The command line: `paywall demo`, `serve`, `worker`, `migrate`, `import`, `comp`, `explain`, `reconcile` and the set-up.

Each command is a few lines here and does its work in its room. Exit codes: 78 where the configuration or the schema is
wrong, 75 where something can't be reached just now, 1 where the command was understood but could not be done.
"""

import os
import sys
import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paywall import __version__
from paywall.errors import DatabaseUnavailable, PaywallError
from paywall.settings import EXIT_BAD_CONFIGURATION, EXIT_TRY_LATER, BadSettings, Settings, read_settings

if TYPE_CHECKING:  # the commands import what they need when they run: `paywall --help` is quick
    from paywall.app import Product
    from paywall.database import Database
    from paywall.publishers.rules import Profile

DATABASE_PATIENCE_SECONDS = 30


class Context:
    """What a command works with, made when it is first asked for."""

    @cached_property
    def settings(self) -> Settings:
        """The environment's settings; ends the command with exit code 78 if they are bad."""
        try:
            return read_settings(os.environ)
        except BadSettings as error:
            for name, problem in error.problems.items():
                click.echo(f"{name}: {problem}", err=True)
            sys.exit(EXIT_BAD_CONFIGURATION)

    @cached_property
    def product(self) -> "Product":
        """The whole product on a database whose schema fits."""
        from paywall.app import create_product
        from paywall.logs import configure
        from paywall.schema import SchemaMismatch, require_current

        configure(self.settings.log_level, pretty=sys.stderr.isatty())
        product = create_product(self.settings)
        wait_for_database(product.database)
        try:
            require_current(product.database)
        except SchemaMismatch as error:
            click.echo(str(error), err=True)
            sys.exit(EXIT_BAD_CONFIGURATION)
        return product

    def database(self) -> "Database":
        """Return the database, its schema checked."""
        return self.product.database

    def profile(self, slug: str | None) -> "Profile":
        """Return the publisher of that slug, or the only one there is."""
        from paywall.publishers.profiles import choose

        return choose(self.database(), slug)


class _Group(click.Group):
    """Turns situations into one line on standard error and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except PaywallError as error:
            click.echo(error.sentence, err=True)
            sys.exit(EXIT_TRY_LATER if error.retry_after else 1)


@click.group(cls=_Group)
@click.version_option(__version__)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Run a newspaper's paywall: meter, gate, subscriptions."""
    ctx.obj = Context()


@main.command()
@click.option("--port", default=8000, show_default=True, help="0 takes a free port.")
@click.option("--data", type=click.Path(path_type=Path), help="Where the demo keeps its data.")
def demo(port: int, data: Path | None) -> None:
    """Serve a demo newspaper with simulated payments; nothing to configure."""
    from paywall.demo.command import run_demo

    run_demo(port, data)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.pass_obj
def serve(context: Context, host: str, port: int) -> None:
    """Serve the configured publishers."""
    from paywall.serving import serve as serve_until_stopped

    settings = context.product.settings  # checks settings, database and schema before any worker starts
    context.product.database.close()
    serve_until_stopped("paywall.app:create_served_app", host, port, settings.workers)


@main.command()
@click.pass_obj
def worker(context: Context) -> None:
    """Work off billing events and mails, for deployments where serving processes don't (PAYWALL_DRAIN=off)."""
    from paywall.background import run_until_stopped

    run_until_stopped(context.product.worker_jobs())


@main.command()
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


def wait_for_database(database: "Database", patience: float = DATABASE_PATIENCE_SECONDS) -> None:
    """Wait until the database answers; ends the command with exit code 75 when `patience` seconds are over."""
    end = time.monotonic() + patience
    while True:
        try:
            return database.ping()
        except DatabaseUnavailable:
            if time.monotonic() > end:
                click.echo("PAYWALL_DATABASE_URL: the database can't be reached", err=True)
                sys.exit(EXIT_TRY_LATER)
            time.sleep(1)
