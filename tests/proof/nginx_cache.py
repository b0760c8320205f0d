"""Readers in turn through a real nginx cache: does anybody get another one's page? `python -m tests.proof.nginx_cache`.

Payers, visitors past their allowance and visitors re-reading ask for the same articles in turn, over many connections.
A crossing is a payer who gets a preview, or anybody else who gets a text that is not open to them. The control: what
may be kept is kept, so the cache works.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from bench import newspaper
from bench.load import start
from bench.newspaper import Newspaper
from paywall.serving import free_port
from tests.nginx.server import HOST, nginx, recipe

THREADS = 16
KINDS = ("payer", "visitor past the allowance", "visitor re-reading")


@dataclass
class Tally:
    """What came back."""

    asked: Counter[str] = field(default_factory=Counter)
    opened: Counter[str] = field(default_factory=Counter)
    crossings: list[str] = field(default_factory=list)
    from_cache: int = 0
    articles_from_cache: int = 0

    @property
    def is_good(self) -> bool:
        return not self.crossings and self.articles_from_cache == 0 and self.from_cache > 0

    def __str__(self) -> str:
        lines = [f"{kind:30}{self.asked[kind]:>7,} asked{self.opened[kind]:>8,} opened" for kind in KINDS]
        control = f"control: the style sheet came from the cache {self.from_cache} times"
        total = f"{sum(self.asked.values()):,} alternating readers through nginx: {len(self.crossings)} crossings"
        kept = f"articles from the cache: {self.articles_from_cache}"
        return "\n".join([*lines, *self.crossings[:10], kept, control, total])


def alternate(readers: int, more: str = "") -> Tally:
    """Serve a newspaper behind nginx, let so many readers ask in turn, and count; `more` goes into nginx's location."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        paper = newspaper.found(folder, HOST)
        meter = f"sqlite:///{folder}/meter.sqlite3"
        newspaper.spend_allowances(paper, meter)
        port = _serve(stack, paper, meter)
        places = {"127.0.0.1:8000": f"{HOST}:{port}", "/var/cache/nginx/paper": f"{folder}/cache"}
        places["proxy_cache_lock on;"] = f"proxy_cache_lock on; {more}"
        front = stack.enter_context(nginx(folder / "nginx", recipe("cache.conf", places)))
        return _ask_in_turn(front.port, _requests(paper, readers))


def _serve(stack: ExitStack, paper: Newspaper, meter: str) -> int:
    environment = {
        "PAYWALL_ENV": "test",
        "PAYWALL_SECRET_KEY": newspaper.SECRET,
        "PAYWALL_BASE_URL": f"http://{HOST}",
        "PAYWALL_DATABASE_URL": paper.database_url,
        "PAYWALL_METER_URL": meter,
        "PAYWALL_LOG_LEVEL": "error",
    }
    served = start("paywall.app:create_served_app", free_port(HOST), 1, None, environment)
    stack.callback(served.stop)
    return served.port


def _requests(paper: Newspaper, readers: int) -> list[tuple[str, str, str]]:
    """Return (kind, path, cookies): payers and visitors in turn, on the same six metered articles."""
    payers = newspaper.subscribers_requests(paper)
    read = [newspaper.slug(2 * number + 1) for number in range(newspaper.ALLOWANCE)]
    unread = [newspaper.slug(2 * (number + newspaper.ALLOWANCE) + 1) for number in range(newspaper.ALLOWANCE)]
    made = []
    for number in range(readers // 4 + 1):
        payer, visitor = payers[number % len(payers)][1], f"visitor={paper.visitors[number % len(paper.visitors)]}"
        known, new = (f"/articles/{slugs[number % len(slugs)]}" for slugs in (read, unread))
        made += [("payer", new, payer), (KINDS[1], new, visitor), ("payer", known, payer), (KINDS[2], known, visitor)]
    return made[:readers]


def _ask_in_turn(port: int, requests: Sequence[tuple[str, str, str]]) -> Tally:
    tally = Tally()
    parts = [requests[number::THREADS] for number in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        for part in pool.map(lambda part: _ask(port, part), parts):
            tally.asked += part.asked
            tally.opened += part.opened
            tally.crossings += part.crossings
            tally.from_cache += part.from_cache
            tally.articles_from_cache += part.articles_from_cache
    return tally


def _ask(port: int, requests: Sequence[tuple[str, str, str]]) -> Tally:
    tally, connection = Tally(), HTTPConnection(HOST, port, timeout=30)
    for number, (kind, path, cookies) in enumerate(requests):
        status, cached, text = _get(connection, path, cookies)
        is_open = _last_words(path) in text
        tally.asked[kind] += 1
        tally.opened[kind] += is_open
        tally.articles_from_cache += cached == "HIT"
        if status != 200 or is_open != (kind != "visitor past the allowance"):
            tally.crossings.append(f"{kind} at {path}: {status}, {'text' if is_open else 'preview'}, cache {cached}")
        if number % 10 == 0:
            tally.from_cache += _get(connection, "/static/paper.css", cookies)[1] == "HIT"
    connection.close()
    return tally


def _get(connection: HTTPConnection, path: str, cookies: str) -> tuple[int, str, str]:
    connection.request("GET", path, headers={"Host": HOST, "Cookie": cookies})
    answer = connection.getresponse()
    return answer.status, answer.headers.get("X-Cache", ""), answer.read().decode()


def _last_words(path: str) -> str:
    body = newspaper.body(int(path.rpartition("-")[2]))
    return body[body.rindex("<p>") + 3 :].removesuffix("</p>")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what came back; return 1 where anybody got another one's page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--readers", type=int, default=10_000)
    tally = alternate(parser.parse_args(arguments).readers)
    print(tally)  # noqa: T201 - the figure
    return 0 if tally.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
