"""`paywall publisher site`: the sites that a publisher has elsewhere."""

import click

from paywall.cli.context import Context
from paywall.cli.keys import ACTOR


@click.group("site")
def site() -> None:
    """Name the sites where your articles live.

    Pages of these sites may ask the paywall, and readers who sign in are sent back to them, to no others.
    """


@site.command("add")
@click.argument("slug")
@click.argument("origin")
@click.pass_obj
def add(context: Context, slug: str, origin: str) -> None:
    """Add the site at ORIGIN (https://www.example.com) to the publisher SLUG."""
    from paywall.publishers.sites import add_site

    profile = context.profile(slug)
    with context.database().writing() as session:
        added = add_site(session, profile.id, origin, actor=ACTOR)
    click.echo(f"{added} is a site of {profile.name}")


@site.command("remove")
@click.argument("slug")
@click.argument("origin")
@click.pass_obj
def remove(context: Context, slug: str, origin: str) -> None:
    """Take the site at ORIGIN away from the publisher SLUG."""
    from paywall.publishers.sites import remove_site

    profile = context.profile(slug)
    with context.database().writing() as session:
        remove_site(session, profile.id, origin, actor=ACTOR)
    click.echo(f"{origin} is no site of {profile.name} any more")


@site.command("list")
@click.argument("slug")
@click.pass_obj
def list_sites(context: Context, slug: str) -> None:
    """Show the sites of the publisher SLUG."""
    sites = context.profile(slug).sites
    if not sites:
        click.echo("No site has been named yet; `paywall publisher site add` names one.", err=True)
    for origin in sites:
        click.echo(origin)
