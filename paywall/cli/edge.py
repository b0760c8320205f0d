"""`paywall keys edge-secret`: what a web server in front checks readers by, with no call to us."""

import click

from paywall.cli.context import Context
from paywall.cli.keys import ACTOR


@click.command("edge-secret")
@click.option("--publisher", metavar="SLUG", help="Whose; needed where there are several publishers.")
@click.option("--new", is_flag=True, help="Give up the present one first, as when it was seen by somebody.")
@click.pass_obj
def edge_secret(context: Context, *, publisher: str | None, new: bool) -> None:
    """Print the secret that stands in nginx's configuration where pages are opened without a call."""
    from paywall.gate import edge_passes
    from paywall.publishers.edge_secrets import give_up_edge_secret

    profile = context.profile(publisher)
    number = profile.edge_secret_number
    if new:
        with context.database().writing() as session:
            number = give_up_edge_secret(session, profile.id, actor=ACTOR)
    click.echo(edge_passes.edge_secret(context.settings.secret_key, profile.id, number))
