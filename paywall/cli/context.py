"""What every command works with: settings, database, product, each made when it is first asked for."""

import os
import sys
import time
from functools import cached_property
from typing import TYPE_CHECKING

import click

from paywall.errors import DatabaseUnavailable
from paywall.settings import EXIT_BAD_CONFIGURATION, EXIT_TRY_LATER, BadSettings, Settings, read_settings

if TYPE_CHECKING:  # a command imports what it needs when it runs: `paywall --help` is quick
    from paywall.app import Product
    from paywall.billing.parts import Billing
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
        click.get_current_context().call_on_close(product.stop)
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

    def billing(self) -> "Billing":
        """Return the parts that talk to Stripe; raises PaymentsNotSetUp without a key."""
        from paywall.billing.parts import PaymentsNotSetUp

        if self.product.work.billing is None:
            raise PaymentsNotSetUp("Set PAYWALL_STRIPE_SECRET_KEY first.")
        return self.product.work.billing

    def profile(self, slug: str | None) -> "Profile":
        """Return the publisher of that slug, or the only one there is."""
        from paywall.publishers.profiles import choose

        return choose(self.database(), slug)


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
