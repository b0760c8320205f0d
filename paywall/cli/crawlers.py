"""`paywall crawlers`: search engines' address ranges, and why a request is or is not a search engine's."""

import sys
from typing import IO, TYPE_CHECKING

import click

from paywall.cli.context import Context
from paywall.cli.keys import ACTOR
from paywall.settings import EXIT_TRY_LATER

if TYPE_CHECKING:
    import httpx

    from paywall.gate.crawlers.ranges.sets import Range
    from paywall.gate.crawlers.rules import Operator

_LABEL_WIDTH = 46
_FILE = click.File("rb")


@click.group("crawlers")
def crawlers() -> None:
    """Tell search engines' crawlers from those who play one."""


@crawlers.command("refresh")
@click.argument("operators", nargs=-1, metavar="[OPERATOR]...")
@click.option("--dry-run", is_flag=True, help="Show what would change, and keep nothing.")
@click.option("--from", "file", type=_FILE, metavar="FILE", help="A file of one operator's, instead of fetching it.")
@click.option("--url", metavar="URL", help="Fetch one operator's from here, as when it has moved.")
@click.pass_obj
def refresh(
    context: Context, *, operators: tuple[str, ...], dry_run: bool, file: IO[bytes] | None, url: str | None
) -> None:
    """Fetch the address ranges that operators publish, and show what has changed.

    Without OPERATOR, of all that publish any. What is fetched is believed for 60 days: run this every day or week.
    Exit code 1 if any could not be taken; the others are kept all the same.
    """
    import httpx
    from rich.console import Console
    from rich.progress import track

    from paywall.gate.crawlers.ranges.refreshing import TIMEOUT

    chosen = _chosen(operators, is_one=file is not None or url is not None)
    screen, failures = Console(stderr=True), 0
    with httpx.Client(timeout=TIMEOUT, headers={"User-Agent": "paywall crawlers refresh"}) as client:
        for operator in track(chosen, "Fetching", console=screen, transient=True, disable=not screen.is_terminal):
            failures += not _refresh_one(context, client, operator, (file, url), dry_run=dry_run)
    sys.exit(1 if failures else 0)


def _chosen(names: tuple[str, ...], *, is_one: bool) -> "list[Operator]":
    from paywall.gate.crawlers.catalogue import OPERATORS

    if is_one and len(names) != 1:
        raise click.UsageError("--from and --url are for one OPERATOR: name it.")
    known = {name: one for name, one in OPERATORS.items() if one.ranges_url or is_one}
    for name in names:
        if name not in known:
            raise click.UsageError(f"{name} publishes no ranges. Choose from: {', '.join(known)}.")
    return [known[name] for name in names or known]


def _refresh_one(
    context: Context,
    client: "httpx.Client",
    operator: "Operator",
    source: tuple[IO[bytes] | None, str | None],
    *,
    dry_run: bool,
) -> bool:
    from paywall import clock
    from paywall.errors import PaywallError
    from paywall.gate.crawlers.ranges.refreshing import keep

    ranges_held = context.product.gate.crawlers.ranges
    ranges_held.load()
    try:
        fetched, where = _fetched(client, operator, *source)
    except PaywallError as error:
        click.echo(f"{operator.name}: {error.sentence} What is held stays.", err=True)
        return False
    _show(operator, ranges_held.of(operator).ranges, fetched)
    if not dry_run:
        with context.database().writing() as session:
            keep(session, operator, fetched, where, clock.wall())
    return True


def _fetched(
    client: "httpx.Client", operator: "Operator", file: IO[bytes] | None, url: str | None
) -> "tuple[tuple[Range, ...], str]":
    from paywall.gate.crawlers.ranges.reading import MOST_BYTES, read_ranges
    from paywall.gate.crawlers.ranges.refreshing import fetch

    if file is not None:
        return read_ranges(file.read(MOST_BYTES + 1)), f"file {file.name}"
    return fetch(url or operator.ranges_url, client), url or operator.ranges_url


def _show(operator: "Operator", held: "tuple[Range, ...]", fetched: "tuple[Range, ...]") -> None:
    from paywall.gate.crawlers.ranges.refreshing import compare

    changed = compare(held, fetched)
    said = f"{len(changed.added)} added, {len(changed.removed)} removed" if any(changed) else "nothing new"
    click.echo(f"{operator.name}: {len(fetched)} {'range' if len(fetched) == 1 else 'ranges'}, {said}")
    for sign, ranges in (("+", changed.added), ("-", changed.removed)):
        for one in ranges:
            click.echo(f"  {sign} {one}")


@crawlers.command("check")
@click.argument("address")
@click.option("--user-agent", metavar="TEXT", help="What the request called itself; without it: whose address it is.")
@click.pass_obj
def check(context: Context, address: str, user_agent: str | None) -> None:
    """Say step by step whether a request from ADDRESS is a crawler's, and what that crawler gets.

    Exit code 0: it is; 1: it is not; 75: the name servers did not answer.
    """
    from paywall.gate.crawlers.explaining import examine

    known = context.product.gate.crawlers
    known.ranges.load()
    finding = examine(known.ranges, known.resolver, address, user_agent)
    for label, outcome in finding.steps:
        click.echo(f"{label:<{_LABEL_WIDTH}} {outcome}")
    if finding.operator is None:
        click.echo(f"{'verdict':<{_LABEL_WIDTH}} a visitor, like everybody else")
        sys.exit(EXIT_TRY_LATER if finding.is_unanswered else 1)
    _show_verdict(context, finding.operator, finding.crawler.name if finding.crawler else None)


def _show_verdict(context: Context, operator: "Operator", crawler: str | None) -> None:
    from paywall.gate.crawlers.explaining import crawlers_of
    from paywall.gate.crawlers.rules import gets
    from paywall.publishers.profiles import all_profiles

    click.echo(f"{'verdict':<{_LABEL_WIDTH}} {operator.label}'s")
    for one in crawlers_of(operator):
        for profile in all_profiles(context.database()) if crawler in (None, one.name) else ():
            click.echo(f"{f'{one.label} gets of {profile.slug}':<{_LABEL_WIDTH}} {gets(one, profile.crawlers)}")


class _ForEachCrawler(click.Command):
    """A command with an option for each crawler; they are read when it runs, so that `paywall --help` is quick."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        from paywall.gate.crawlers.catalogue import CRAWLERS

        extents = click.Choice(["full", "preview"])
        return [
            *super().get_params(ctx),
            *(
                click.Option([f"--{one.name}"], type=extents, help=f"{one.label}; unsaid: {one.default}.")
                for one in CRAWLERS
            ),
        ]


@click.command("crawlers", cls=_ForEachCrawler)
@click.argument("slug")
@click.pass_obj
def set_up_crawlers(context: Context, /, slug: str, **said: str | None) -> None:
    """Let crawlers have the full text of the publisher SLUG, or the preview; without options: show who gets what."""
    from paywall.gate.crawlers.catalogue import CRAWLERS
    from paywall.gate.crawlers.rules import gets
    from paywall.publishers.crawlers import set_crawlers

    wanted = {name.replace("_", "-"): extent for name, extent in said.items() if extent is not None}
    profile = context.profile(slug)
    if wanted:
        with context.database().writing() as session:
            set_crawlers(session, profile.id, wanted, actor=ACTOR)
        profile = context.profile(slug)
    for one in CRAWLERS:
        unsaid = "" if one.name in profile.crawlers else " (unsaid)"
        click.echo(f"{one.name:<14} {one.label:<28} {gets(one, profile.crawlers)}{unsaid}")
