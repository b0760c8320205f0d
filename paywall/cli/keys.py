"""`paywall keys`: what publishers' servers and pages call the interface with."""

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from paywall.cli.context import Context

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from paywall.publishers.keys.listing import KeyFacts

ACTOR = "command line"
_ID_WIDTH = len("pw_sk_") + 12
_WIDE = 200
_publisher = click.option("--publisher", metavar="SLUG", help="Whose keys; needed where there are several publishers.")


@click.command("create")
@click.argument("name")
@_publisher
@click.option("--scope", "scopes", multiple=True, metavar="SCOPE", help="check, articles, readers or webhooks; repeat.")
@click.option(
    "--publishable", is_flag=True, help="For pages, not for servers: may be seen by everybody, may only check."
)
@click.option("--origin", "origins", multiple=True, help="Where a publishable key may be used; default: your sites.")
@click.option("--calls-per-second", type=int, default=1_000, show_default=True, help="More are refused with 429.")
@click.pass_obj
def create(
    context: Context,
    *,
    name: str,
    publisher: str | None,
    scopes: tuple[str, ...],
    publishable: bool,
    origins: tuple[str, ...],
    calls_per_second: int,
) -> None:
    """Make a key called NAME and print it: the only time that it is seen.

    It can do nothing but check, unless you name other scopes.
    """
    from paywall.publishers.keys.making import NewKey, create_key
    from paywall.publishers.keys.rules import parse_origin, parse_scopes

    new = NewKey(
        name=name,
        scopes=parse_scopes(list(scopes) or ["check"]),
        is_publishable=publishable,
        origins=tuple(parse_origin(origin) for origin in origins),
        calls_per_second=calls_per_second,
    )
    profile = context.profile(publisher)
    with context.database().writing() as session:
        key = create_key(session, profile.id, new, actor=ACTOR)
    click.echo(key)
    click.echo(_ONCE_FOR_PAGES if publishable else _ONCE, err=True)


@click.command("list")
@_publisher
@click.pass_obj
def list_keys(context: Context, publisher: str | None) -> None:
    """Show every key, what it may do, and when it was last used."""
    from paywall import clock
    from paywall.publishers.keys import listing

    with context.database().reading() as session:
        found = listing.list_keys(session, context.profile(publisher).id, clock.wall())
    if not found:
        click.echo("There are no keys yet; `paywall keys create` makes one.", err=True)
        return
    _print(found)


@click.command("revoke")
@click.argument("key")
@_publisher
@click.pass_obj
def revoke(context: Context, *, key: str, publisher: str | None) -> None:
    """End KEY (its id, or the whole of it) at once, in every process within seconds."""
    from paywall.publishers.keys.making import public_id_of, revoke_key

    profile = context.profile(publisher)
    with context.database().writing() as session:
        revoke_key(session, profile.id, public_id_of(key), actor=ACTOR)
    click.echo(f"{public_id_of(key)} works no longer")


@click.command("rotate")
@click.argument("key")
@_publisher
@click.option("--overlap-hours", type=click.IntRange(0, 720), default=24, show_default=True, help="How long both work.")
@click.pass_obj
def rotate(context: Context, *, key: str, publisher: str | None, overlap_hours: int) -> None:
    """Make a key like KEY (its id, or the whole of it) and print it; the old one ends when the overlap is over."""
    from paywall.publishers.keys.making import public_id_of, rotate_key

    profile, overlap = context.profile(publisher), timedelta(hours=overlap_hours)
    with context.database().writing() as session:
        new = rotate_key(session, profile.id, public_id_of(key), overlap, actor=ACTOR)
    click.echo(new)
    click.echo(f"{_ONCE} The old one works for {overlap_hours} hours more.", err=True)


@click.command("rotate-pass-key")
@_publisher
@click.option(
    "--now", "at_once", is_flag=True, help="For a key that was seen by somebody: ends all earlier ones at once."
)
@click.pass_obj
def rotate_pass_key(context: Context, *, publisher: str | None, at_once: bool) -> None:
    """Make the next key that signs passes.

    It is published at once and signs in a day, when every verifier has it; the old one stays known for a day more.
    """
    from paywall.gate.signed_passes.keychain import rotate_pass_key as rotate_it
    from paywall.gate.signed_passes.sealing import Seal

    profile, seal = context.profile(publisher), Seal(context.settings.secret_key)
    with context.database().writing() as session:
        active_from = rotate_it(session, seal, profile.id, at_once=at_once, actor=ACTOR)
    click.echo(f"the new key signs from {_when(active_from)} UTC on")


def _print(keys: "Sequence[KeyFacts]") -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Column, Table

    others = [Column(name, overflow="fold") for name in ("name", "may", "used from", "state", "last used")]
    table = Table(Column("id", no_wrap=True, min_width=_ID_WIDTH), *others, box=SIMPLE_HEAD)
    for key in keys:
        table.add_row(*_cells(key), style=None if key.is_live else "dim")
    Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else _WIDE).print(table)


def _cells(key: "KeyFacts") -> tuple[str, ...]:
    where = (", ".join(key.origins) or "your sites") if key.is_publishable else "servers"
    used = _when(key.last_used_at) if key.last_used_at else "never"
    return key.shown_as, key.name, ", ".join(key.scopes), where, _state(key), used


def _state(key: "KeyFacts") -> str:
    if key.revoked_at:
        return f"revoked {_when(key.revoked_at)}"
    if key.expires_at is None:
        return f"works since {_when(key.created_at)}"
    return f"{'ends' if key.is_live else 'ended'} {_when(key.expires_at)}"


def _when(at: "datetime") -> str:
    return f"{at:%Y-%m-%d %H:%M}"


_ONCE = "This is shown once. Keep it where your server keeps its secrets, never in a page or in an address."
_ONCE_FOR_PAGES = "This is shown once. It belongs in your pages; everybody may see it."
