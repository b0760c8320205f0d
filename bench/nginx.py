"""What each nginx recipe costs beside nginx alone with the same static files: `python -m bench.nginx`.

nginx and what it asks have one core, the load comes from the other; rounds are interleaved, each figure is a median.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from bench import newspaper
from bench.load import Served, fire, start
from bench.newspaper import Newspaper
from paywall import clock
from paywall.database import Database
from paywall.gate import edge_passes
from paywall.publishers.keys.making import NewKey, create_key
from paywall.publishers.keys.rules import Scope
from paywall.serving import free_port
from tests.nginx.server import HOST, nginx, recipe

Requests = list[tuple[str, str]]
_STATIC = """server {
    listen 80;
    root /var/www/paper;
    default_type text/html;
    location ~ ^/articles/(?<article>[a-z0-9-]+)$ { try_files /articles/$article.html =404; }
}"""
_ASKED_NO_CALL = 0.6


class Case(NamedTuple):
    """One recipe, and who asks."""

    name: str
    server: Served
    requests: Callable[[], Requests]
    asked: float | None = None


def main() -> int:
    """Measure, print, and return 1 where less came out than is asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    options = parser.parse_args()
    with ExitStack() as stack:
        cases = _cases(stack)
        shots = _shoot(cases, options.rounds, options.seconds)
    print(f"{'nginx serves':56}{'requests/s':>11}{'/ static':>10}   asked")
    missed = False
    for case in cases:
        ratio = shots[case.name] / shots[cases[0].name]
        missed |= case.asked is not None and ratio < case.asked
        print(f"{case.name:56}{shots[case.name]:>11,.0f}{ratio:>10.2f}   {f'>= {case.asked}' if case.asked else ''}")
    return int(missed)


def _shoot(cases: list[Case], rounds: int, seconds: int) -> dict[str, float]:
    found: dict[str, list[float]] = {case.name: [] for case in cases}
    for number in range(rounds + 1):
        for case in cases:
            shot = fire(case.server, HOST, case.requests(), seconds if number else 1, 1)
            if number:  # the first round warms
                found[case.name].append(shot.per_second)
    return {name: statistics.median(shots) for name, shots in found.items()}


def _cases(stack: ExitStack) -> list[Case]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    folder.chmod(0o755)
    paper = newspaper.found(folder, HOST)
    meter = f"sqlite:///{folder}/meter.sqlite3"
    newspaper.spend_allowances(paper, meter)
    _write_site(folder / "www")
    key = _key(paper)
    port = _serve(stack, paper, meter)
    places = {"/var/www/paper": f"{folder}/www", "127.0.0.1:8000": f"{HOST}:{port}", "pw_sk_your_key": key}
    secret = edge_passes.edge_secret(newspaper.SECRET, paper.profile.id, 0)
    static = stack.enter_context(nginx(folder / "static", _STATIC.replace("/var/www/paper", f"{folder}/www"), core=0))
    asking = stack.enter_context(nginx(folder / "asking", recipe("authorize.conf", places), core=0))
    with_secret = {**places, "your_edge_secret": secret}
    no_call = stack.enter_context(nginx(folder / "no-call", recipe("no-call.conf", with_secret), core=0))
    return [
        Case("static files, nobody is asked", static, lambda: newspaper.plain_requests("/articles")),
        Case("no call: reader with an edge pass", no_call, lambda: _edge_requests(secret), _ASKED_NO_CALL),
        Case("asking each time: reader with a pass", asking, lambda: newspaper.subscribers_requests(paper)),
        Case("asking each time: visitor re-reading", asking, lambda: newspaper.returning_visitors_requests(paper)),
        Case("asking each time: visitor past the allowance", asking, lambda: newspaper.spent_visitors_requests(paper)),
    ]


def _edge_requests(secret: str) -> Requests:
    """Return (path, cookies) of payers whose edge passes end at as many different moments as there are readers."""
    made = []
    for number in range(newspaper.BROWSERS):
        given = edge_passes.cookies(secret, clock.wall() + timedelta(seconds=number))
        path = f"/articles/{newspaper.slug(number % newspaper.ARTICLES)}"
        made.append((path, "; ".join(f"{one.name}={one.value}" for one in given)))
    return made


def _write_site(root: Path) -> None:
    for name in ("articles", "previews"):
        (root / name).mkdir(parents=True)
    for number in range(newspaper.ARTICLES):
        text = newspaper.body(number)
        for name, body in (("articles", text), ("previews", text[: text.index("</p>") + 4])):
            page = f"<!doctype html><title>{newspaper.slug(number)}</title>{body}"
            (root / name / f"{newspaper.slug(number)}.html").write_text(page)


def _key(paper: Newspaper) -> str:
    database = Database(paper.database_url)
    new = NewKey("nginx", frozenset({Scope.CHECK}), calls_per_second=1_000_000)
    with database.writing() as session:
        key = create_key(session, paper.profile.id, new, actor="command line")
    database.close()
    return key


def _serve(stack: ExitStack, paper: Newspaper, meter: str) -> int:
    environment = {
        "PAYWALL_ENV": "test",
        "PAYWALL_SECRET_KEY": newspaper.SECRET,
        "PAYWALL_BASE_URL": f"http://{HOST}",
        "PAYWALL_DATABASE_URL": paper.database_url,
        "PAYWALL_METER_URL": meter,
        "PAYWALL_TRUSTED_PROXIES": "127.0.0.0/8",
        "PAYWALL_LOG_LEVEL": "error",
    }
    served = start("paywall.app:create_served_app", free_port(HOST), 1, 0, environment)
    stack.callback(served.stop)
    return served.port


if __name__ == "__main__":
    sys.exit(main())
