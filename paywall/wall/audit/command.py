"""`paywall audit`: the audit as an operator or a pipeline runs it; needs no more than a publisher's client has."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from pathlib import Path

from paywall.wall.audit.asking.fetching import Limits
from paywall.wall.audit.plan import VIEWS, BadPlan, Plan
from paywall.wall.audit.running import audit
from paywall.wall.audit.telling.report import Report
from paywall.wall.audit.telling.showing import progress, show

_ABOUT = """\
Look for the text of the locked article at URL on every surface, as everybody who may not read it.

Works on any site. With neither --canary nor --cookie it goes by what the site itself sends. Asks nothing outside the
site, and only by GET and HEAD."""
_EXIT_CODES = "exit code 0: clean; 1: a leak was found; 2: it could not be judged, or was asked for wrongly"


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the audit that the arguments ask for, print the report; returns the exit code."""
    parser = _parser()
    wanted = parser.parse_args(arguments)
    try:
        plan = _plan(wanted)
    except BadPlan as error:
        parser.error(str(error))
    with progress(plan.limits.requests, sys.stderr) as on_ask:
        report = audit(plan, on_ask)
    if wanted.json:
        _write(report, wanted.json)
    if wanted.json != "-":
        show(report, sys.stdout)
    return int(report.outcome)


def _plan(wanted: Namespace) -> Plan:
    limits = Limits(wanted.max, wanted.rate, wanted.minutes)
    feeds, sitemaps = tuple(wanted.feed), tuple(wanted.sitemap)
    return Plan(wanted.url, tuple(wanted.canary), wanted.cookie, feeds, sitemaps, wanted.views, limits)


def _write(report: Report, file: str) -> None:
    text = json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n"
    if file == "-":
        sys.stdout.write(text)
    else:
        Path(file).write_text(text, encoding="utf-8")


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        "paywall audit", description=_ABOUT, epilog=_EXIT_CODES, formatter_class=RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("url", metavar="URL", help="the address of an article that is locked")
    add("--canary", action="append", default=[], metavar="TEXT", help="a sentence of the locked part; repeat")
    add("--cookie", type=_cookie, default="", help="an entitled reader's Cookie header, or @FILE that holds it")
    add("--feed", action="append", default=[], metavar="URL", help="a feed that the site does not name; repeat")
    add("--sitemap", action="append", default=[], metavar="URL", help="a sitemap that it does not name; repeat")
    add("--views", type=_Between(0, 100), default=VIEWS, help="articles opened first, to use up a meter (%(default)s)")
    add("--max", type=_Between(1, 5_000), default=Limits.requests, help="requests in all (%(default)s)")
    add("--rate", type=_rate, default=Limits.per_second, help="requests a second (%(default)g)")
    add("--minutes", type=_Between(1, 1_440), default=Limits.minutes, help="how long it may take (%(default)s)")
    add("--json", type=_file, metavar="FILE", help="write the report for programs there; - is the output")
    return parser


class _Between:
    """A whole number between two others, both included."""

    def __init__(self, least: int, most: int) -> None:
        self._least, self._most = least, most

    def __call__(self, typed: str) -> int:
        if not (typed.isascii() and typed.isdigit() and self._least <= int(typed) <= self._most):
            raise ArgumentTypeError(f"{typed!r} is no number from {self._least} to {self._most}")
        return int(typed)


def _rate(typed: str) -> float:
    try:
        rate = float(typed)
    except ValueError:
        rate = 0.0
    if not 0.1 <= rate <= 100:
        raise ArgumentTypeError(f"{typed!r} is no number of requests a second, from 0.1 to 100")
    return rate


def _file(typed: str) -> str:
    """Return the name of a file that can be written: it is better to know that before than after."""
    try:
        if typed != "-":
            Path(typed).touch()
    except OSError as error:
        raise ArgumentTypeError(f"{typed}: {error.strerror}") from None
    return typed


def _cookie(typed: str) -> str:
    """Return the cookies, from a file where they are in one: what is typed is seen by others on the machine."""
    if not typed.startswith("@"):
        return typed
    try:
        return " ".join(Path(typed[1:]).read_text(encoding="utf-8").split()).removeprefix("Cookie: ")
    except OSError as error:
        raise ArgumentTypeError(f"{typed[1:]}: {error.strerror}") from None
