"""`paywall audit`: looks for the text of a locked article everywhere, on any site."""

import json
import sys
from pathlib import Path

import click

_FILE = click.Path(dir_okay=False, writable=True, allow_dash=True)


@click.command("audit")
@click.argument("url")
@click.option("--canary", "canaries", multiple=True, metavar="TEXT", help="A sentence of the locked part; repeat.")
@click.option(
    "--cookie", default="", metavar="COOKIES", help="An entitled reader's Cookie header, or @FILE that holds it."
)
@click.option("--feed", "feeds", multiple=True, metavar="URL", help="A feed that the site does not name; repeat.")
@click.option("--sitemap", "sitemaps", multiple=True, metavar="URL", help="A sitemap that it does not name; repeat.")
@click.option("--views", type=click.IntRange(0, 100), default=20, show_default=True, help="Articles opened first.")
@click.option("--max", "most", type=click.IntRange(1, 5_000), default=400, show_default=True, help="Requests in all.")
@click.option("--rate", type=click.FloatRange(0.1, 100), default=5.0, show_default=True, help="Requests a second.")
@click.option("--json", "file", type=_FILE, metavar="FILE", help="The report for programs; - is the output.")
def audit(
    *,
    url: str,
    canaries: tuple[str, ...],
    cookie: str,
    feeds: tuple[str, ...],
    sitemaps: tuple[str, ...],
    views: int,
    most: int,
    rate: float,
    file: str | None,
) -> None:
    """Look for the text of the locked article at URL on every surface, as everybody who may not read it.

    Works on any site. With neither --canary nor --cookie it goes by what the site itself sends. Asks nothing outside
    the site, only GET and HEAD. Exit code 0: clean; 1: a leak; 2: it could not be judged.
    """
    from rich.console import Console

    from paywall.wall import audit as leak
    from paywall.wall.audit.telling.showing import WIDE, progress, show

    try:
        limits = leak.Limits(most, rate)
        plan = leak.Plan(url, canaries, _read(cookie), feeds, sitemaps, views, limits)
    except leak.BadPlan as error:
        raise click.UsageError(str(error)) from None
    with progress(most, is_shown=sys.stderr.isatty()) as on_ask:
        report = leak.audit(plan, on_ask)
    if file is not None:
        with click.open_file(file, "w", encoding="utf-8") as written:
            written.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n")
    if file != "-":
        show(report, Console(highlight=False, width=None if sys.stdout.isatty() else WIDE))
    sys.exit(int(report.outcome))


def _read(cookie: str) -> str:
    """Return the cookies, from a file where they are in one: what is typed is seen by others on the machine."""
    if not cookie.startswith("@"):
        return cookie
    try:
        return " ".join(Path(cookie[1:]).read_text().split()).removeprefix("Cookie: ")
    except OSError as error:
        raise click.UsageError(f"{cookie[1:]}: {error.strerror}") from None
