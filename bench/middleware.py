"""A publisher's own article behind the middleware, beside the same application without it.

`python -m bench.middleware` prints a table: one worker on one core, the load from the other, 1,000 articles, 10,000
cookies (1,000 signed passes). The service that the remote client asks has the core of the site. Rounds are interleaved,
each figure is a median.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench import newspaper
from bench.load import Served, Shot, fire, get, median, start, warm
from bench.newspaper import ARTICLES, BROWSERS, SECRET, Newspaper, slug
from paywall import clock
from paywall.app import Product, create_product
from paywall.database import Database
from paywall.gate.decision import Reason
from paywall.gate.named.people import name_of_visitor, visitors_key
from paywall.gate.signed_passes.mint import Holder
from paywall.gate.signed_passes.rules import EVERYTHING
from paywall.gate.signed_passes.sealing import Session
from paywall.gate.terms import Terms
from paywall.meter.engines import open_store
from paywall.publishers.keys.making import NewKey, create_key
from paywall.publishers.keys.rules import Scope
from paywall.serving import free_port
from paywall.settings import read_settings

ASKED = 1.0
PASSES = 1_000
Requests = list[tuple[str, str]]


@dataclass(slots=True)
class Case:
    """Who asks which server, and what the first decision must be."""

    name: str
    server: Served
    requests: Callable[[], Requests]
    expected: str = ""
    asked: float | None = None
    shots: list[Shot] = field(default_factory=list)

    @property
    def median(self) -> Shot:
        """The medians of all shots."""
        return median(self.shots)


def main() -> int:
    """Measure and report; return 1 if a ratio is less than asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    options = parser.parse_args()
    with ExitStack() as stack:
        host, cases = _cases(stack)
        for case in cases:
            _check(case, host)
            warm(case.server, host, case.requests()[:ARTICLES])
        for _ in range(options.rounds):
            for case in cases:
                case.shots.append(fire(case.server, host, case.requests(), options.seconds, 1))
    print(f"{'article of an application in Flask':58}{'requests/s':>11}{'/ alone':>9}{'CPU µs':>8}   asked")
    reached = [_print(case, cases[0]) for case in cases]
    return int(not all(reached))


def _check(case: Case, host: str) -> None:
    """Raise unless it answers as expected; a remote client has its keys fetched by the first who asks."""
    decision = ""
    for _ in range(50):
        decision = get(case.server, host, *case.requests()[0])
        if decision.startswith(case.expected):
            return
        time.sleep(0.1)
    raise AssertionError(f"{case.name}: {decision}")


def _print(case: Case, alone: Case) -> bool:
    ratio = case.median.per_second / alone.median.per_second
    print(
        f"{case.name:58}{case.median.per_second:>11,.0f}{ratio:>9.2f}{case.median.cpu_microseconds:>8.1f}"
        f"   {f'>= {case.asked:g}' if case.asked else ''}"
    )
    return case.asked is None or ratio >= case.asked


def _cases(stack: ExitStack) -> tuple[str, list[Case]]:
    folder, port = Path(stack.enter_context(tempfile.TemporaryDirectory())), free_port("127.0.0.1")
    host = f"127.0.0.1:{port}"
    paper, meter = newspaper.found(folder, host), f"sqlite:///{folder}/meter.sqlite3"
    newspaper.spend_allowances(paper, meter)
    environment = {
        "PAYWALL_ENV": "test",
        "PAYWALL_SECRET_KEY": SECRET,
        "PAYWALL_BASE_URL": f"http://{host}",
        "PAYWALL_DATABASE_URL": paper.database_url,
        "PAYWALL_METER_URL": meter,
        "PAYWALL_LOG_LEVEL": "error",
    }
    product = create_product(read_settings(environment))
    environment |= {"BENCH_SERVICE": f"http://{host}", "BENCH_KEY": _key(paper)}

    def serve(target: str, at: int | None = None) -> Served:
        server = start(target, at or free_port("127.0.0.1"), 1, 0, environment)
        stack.callback(server.stop)
        return server

    serve("paywall.app:create_served_app", port)
    local, anew, remote = (serve(f"bench.wrapped:{name}") for name in ("local", "local_without_version", "remote"))

    def payers() -> Requests:
        return _on_the_paper(newspaper.subscribers_requests(paper))

    def spent() -> Requests:
        return _on_the_paper(newspaper.spent_visitors_requests(paper))

    _spend_at_other_sites(paper, meter)

    def far_visitors() -> Requests:
        return [(path, f"paywall_visitor={_visitor(number)}") for number, (path, _) in enumerate(spent())]

    def by_pass() -> Requests:
        return _with_signed_passes(product, paper)

    return host, [
        Case("the application alone", serve("bench.wrapped:alone"), lambda: newspaper.plain_requests("/paper")),
        Case("local, says its version: payer", local, payers, "full; reason=subscribed", ASKED),
        Case("local, says its version: visitor past the allowance", local, spent, "preview; reason=meter", ASKED),
        Case("local, rendered anew each time: payer", anew, payers, "full; reason=subscribed"),
        Case("local, rendered anew each time: visitor past the allowance", anew, spent, "preview; reason=meter"),
        Case("remote, says its version: payer by a signed pass", remote, by_pass, "full; reason=subscribed", ASKED),
        Case("remote, says its version: visitor, a call for each page", remote, far_visitors, "preview; reason=meter"),
    ]


def _on_the_paper(requests: Requests) -> Requests:
    return [(path.replace("/articles/", "/paper/"), cookie) for path, cookie in requests]


def _with_signed_passes(product: Product, paper: Newspaper) -> Requests:
    mint, now = product.gate.mint, clock.wall()
    holders = (
        Holder(f"r{number}", EVERYTHING, Reason.SUBSCRIBED, Session(number, number, 0))
        for number in range(1, PASSES + 1)
    )
    passes = [mint.mint(paper.profile, holder, now).token for holder in holders]
    return [(f"/paper/{slug(number % ARTICLES)}", f"paywall_pass={token}") for number, token in enumerate(passes)]


def _visitor(number: int) -> str:
    return f"visitor-{number:05}"


def _spend_at_other_sites(paper: Newspaper, meter_url: str) -> None:
    """Let every visitor of the site with the remote client have read the first three metered articles."""
    store, terms, key = open_store(meter_url), Terms(paper.profile, "news"), visitors_key(SECRET)
    window, seed = terms.window(clock.now()), terms.counted_as("vseed")
    for number in range(BROWSERS):
        name = name_of_visitor(key, paper.profile.id, _visitor(number))
        store.unite(seed, terms.counted_as(name), window)


def _key(paper: Newspaper) -> str:
    database = Database(paper.database_url)
    new = NewKey("bench", frozenset({Scope.CHECK}), calls_per_second=10_000_000)
    with database.writing() as session:
        key = create_key(session, paper.profile.id, new, actor="bench")
    database.close()
    return key


if __name__ == "__main__":
    sys.exit(main())
