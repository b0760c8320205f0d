"""`paywall webhooks`: publishers' servers that are told of every change of access."""

import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from paywall.cli.context import Context
from paywall.cli.keys import ACTOR
from paywall.errors import BadInput

if TYPE_CHECKING:
    from paywall.telling.parts import Telling

_publisher = click.option("--publisher", metavar="SLUG", help="Whose; needed where there are several publishers.")


@click.group("webhooks")
def webhooks() -> None:
    """Tell publishers' servers of every change of access."""


@webhooks.command("add")
@click.argument("url")
@_publisher
@click.option("--event", "turns", multiple=True, metavar="EVENT", help="access.granted, …; repeat. Default: all.")
@click.option("--with-email", is_flag=True, help="Send the reader's address along.")
@click.option("--description", default="", help="What it is for.")
@click.pass_obj
def add(
    context: Context, *, url: str, publisher: str | None, turns: tuple[str, ...], with_email: bool, description: str
) -> None:
    """Have URL told from now on, and print its id and its secret: the only time that it is seen.

    Nothing is sent until access changes, or until you say `paywall webhooks test`.
    """
    from paywall.telling.endpoints import NewEndpoint, add_endpoint

    new, profile = NewEndpoint(url, turns, with_email, description), context.profile(publisher)
    with context.database().writing() as session:
        row, secret = add_endpoint(_telling(context), session, profile.id, new, actor=ACTOR)
        click.echo(f"{row.public_id}\n{secret}")
    click.echo(f"The secret is shown once. Try it: paywall webhooks test {row.public_id}", err=True)


@webhooks.command("list")
@_publisher
@click.pass_obj
def list_endpoints(context: Context, publisher: str | None) -> None:
    """Show every endpoint, what it hears of, and how it does."""
    from paywall.cli.webhook_tables import print_endpoints
    from paywall.telling.listing import endpoint_facts

    with context.database().reading() as session:
        found = endpoint_facts(session, context.profile(publisher).id)
    if not found:
        click.echo("Nobody is told yet; `paywall webhooks add` adds an address.", err=True)
        return
    print_endpoints(found)


@webhooks.command("test")
@click.argument("endpoint")
@_publisher
@click.pass_obj
def test(context: Context, *, endpoint: str, publisher: str | None) -> None:
    """Send ENDPOINT a signed message that means nothing, and print what comes back. Exit code 1 if it is not taken."""
    from paywall.telling.attempting import ping

    outcome = ping(_telling(context), context.profile(publisher).id, endpoint)
    said = outcome.error or f"{outcome.status} {'taken' if outcome.is_taken else 'not taken'}"
    click.echo(f"{said} ({outcome.took / timedelta(milliseconds=1):.0f} ms)")
    if outcome.answer:
        click.echo(outcome.answer)
    sys.exit(0 if outcome.is_taken else 1)


@webhooks.command("deliveries")
@click.argument("endpoint", required=False)
@_publisher
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many, newest first.")
@click.option("--before", type=int, metavar="NUMBER", help="Only with a lower number.")
@click.pass_obj
def deliveries(
    context: Context, *, endpoint: str | None, publisher: str | None, limit: int, before: int | None
) -> None:
    """Show what was sent, to ENDPOINT or to all, and what came back last."""
    from paywall.cli.webhook_tables import print_deliveries
    from paywall.telling.listing import delivery_facts

    with context.database().reading() as session:
        profile = context.profile(publisher)
        found = delivery_facts(session, profile.id, endpoint, before=before, most=limit)
    if not found:
        click.echo("Nothing was sent.", err=True)
        return
    print_deliveries(found)


@webhooks.command("replay")
@click.argument("endpoint")
@_publisher
@click.option("--delivery", type=int, metavar="NUMBER", help="Send this one again.")
@click.option("--since", metavar="TIME", help="Send all since then again: 2026-11-24 or 2026-11-24T09:30 (UTC).")
@click.pass_obj
def replay(context: Context, *, endpoint: str, publisher: str | None, delivery: int | None, since: str | None) -> None:
    """Send ENDPOINT again what it was sent, or was not: one --delivery, or all --since a time. Ids stay the same."""
    from paywall.telling import passing_on
    from paywall.telling.endpoints import endpoint_of

    if (delivery is None) == (since is None):
        raise click.UsageError("name either --delivery or --since")
    profile, database, count = context.profile(publisher), context.database(), 1
    if since is not None:
        count = passing_on.replay_since(database, profile.id, endpoint, _moment(since))
    else:
        with database.writing() as session:
            passing_on.replay(session, endpoint_of(session, profile.id, endpoint), delivery or 0)
    click.echo(f"{count} {'event is' if count == 1 else 'events are'} sent again")


@webhooks.command("rotate-secret")
@click.argument("endpoint")
@_publisher
@click.option("--overlap-hours", type=click.IntRange(0, 720), default=24, show_default=True, help="How long both sign.")
@click.pass_obj
def rotate(context: Context, *, endpoint: str, publisher: str | None, overlap_hours: int) -> None:
    """Give ENDPOINT a new secret and print it; until the overlap is over, messages carry both signatures."""
    from paywall.telling.endpoints import endpoint_of, rotate_secret

    profile, overlap = context.profile(publisher), timedelta(hours=overlap_hours)
    with context.database().writing() as session:
        row = endpoint_of(session, profile.id, endpoint)
        secret = rotate_secret(_telling(context), session, row, overlap=overlap, actor=ACTOR)
    click.echo(secret)
    click.echo(f"This is shown once. The old one signs, too, for {overlap_hours} hours more.", err=True)


@webhooks.command("enable")
@click.argument("endpoint")
@_publisher
@click.pass_obj
def enable(context: Context, *, endpoint: str, publisher: str | None) -> None:
    """Tell ENDPOINT again, after it was disabled; what waited goes out first."""
    from paywall.telling.endpoints import enable_endpoint, endpoint_of

    with context.database().writing() as session:
        enable_endpoint(session, endpoint_of(session, context.profile(publisher).id, endpoint), actor=ACTOR)
    click.echo(f"{endpoint} is told again; bring up what it missed with replay --since")


@webhooks.command("disable")
@click.argument("endpoint")
@_publisher
@click.pass_obj
def disable(context: Context, *, endpoint: str, publisher: str | None) -> None:
    """Tell ENDPOINT nothing until you enable it."""
    from paywall.telling.endpoints import disable_endpoint, endpoint_of

    with context.database().writing() as session:
        disable_endpoint(session, endpoint_of(session, context.profile(publisher).id, endpoint), actor=ACTOR)
    click.echo(f"{endpoint} is told nothing")


@webhooks.command("remove")
@click.argument("endpoint")
@_publisher
@click.pass_obj
def remove(context: Context, *, endpoint: str, publisher: str | None) -> None:
    """Forget ENDPOINT, and all that waits for it."""
    from paywall.telling.endpoints import endpoint_of, remove_endpoint

    with context.database().writing() as session:
        remove_endpoint(session, endpoint_of(session, context.profile(publisher).id, endpoint), actor=ACTOR)
    click.echo(f"{endpoint} is gone")


def _telling(context: Context) -> "Telling":
    from paywall.telling.parts import make_telling

    return make_telling(context.settings, context.database())


def _moment(typed: str) -> datetime:
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        raise BadInput("since", "Give a time such as 2026-11-24 or 2026-11-24T09:30.") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
