"""The command line: `paywall demo`, `sandbox`, `serve`, `worker`, `migrate`, `import`, `comp`, `explain`, set-up.

Each command is a few lines here and does its work in its room. Exit codes: 78 where the configuration or the schema is
wrong, 75 where something can't be reached just now, 1 where the command was understood but could not be done.
"""

import sys

import click

from paywall import __version__
from paywall.cli import (
    articles,
    audit,
    billing,
    crawlers,
    edge,
    figures,
    importing,
    keys,
    ledger,
    offers,
    publishers,
    readers,
    reconcile,
    sandbox,
    serving,
    sites,
    staff,
    webhooks,
)
from paywall.cli.context import Context
from paywall.errors import BadInput, PaywallError
from paywall.settings import EXIT_TRY_LATER


class _Group(click.Group):
    """Turns situations into one line on standard error and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except PaywallError as error:
            named = f"{error.field}: " if isinstance(error, BadInput) else ""
            click.echo(f"{named}{error.sentence}", err=True)
            sys.exit(EXIT_TRY_LATER if error.retry_after else 1)


@click.group(cls=_Group)
@click.version_option(__version__)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Run a newspaper's paywall: meter, gate, subscriptions."""
    ctx.obj = Context()


@main.group()
def publisher() -> None:
    """Set up newspapers."""


@main.group()
def plan() -> None:
    """Set up what is sold."""


@main.group()
def offer() -> None:
    """Set up introductory offers and promotion codes."""


@main.group()
def stripe() -> None:
    """Set up the Stripe account."""


@main.group("keys")
def keys_group() -> None:
    """Make, list and end API keys."""


@main.group("staff")
def staff_group() -> None:
    """Say who works at a newspaper."""


@main.group("figures")
def figures_group() -> None:
    """Look after the figures of the dashboard."""


@main.group("import")
def import_group() -> None:
    """Bring in what exists elsewhere."""


publisher.add_command(publishers.set_up)
publisher.add_command(sites.site)
publisher.add_command(crawlers.set_up_crawlers)
for command in (keys.create, keys.list_keys, keys.revoke, keys.rotate, keys.rotate_pass_key, edge.edge_secret):
    keys_group.add_command(command)
for command in (staff.add, staff.list_staff, staff.remove):
    staff_group.add_command(command)
figures_group.add_command(figures.rebuild)
plan.add_command(billing.set_up_plan)
for command in (offers.set_up, offers.list_offers, offers.end):
    offer.add_command(command)
stripe.add_command(billing.set_up_stripe)
for command in (articles.import_articles, importing.import_subscribers, importing.undo_import):
    import_group.add_command(command)
for command in (
    serving.demo,
    sandbox.sandbox,
    serving.serve,
    serving.worker,
    serving.migrate,
    reconcile.reconcile,
    ledger.ledger,
    ledger.refund,
    readers.comp,
    readers.explain,
    webhooks.webhooks,
    audit.audit,
    crawlers.crawlers,
):
    main.add_command(command)
