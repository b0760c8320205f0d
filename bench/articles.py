"""How fast gated articles are answered, beside the same article by Flask alone and by Flask the usual way.

`python -m bench.articles` prints one table and writes it to docs/figures/articles.md. Only ratios within one run mean
anything: rounds are interleaved, and each figure is a median.
"""

import argparse
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench import newspaper, report
from bench.engines import postgres, redis_server
from bench.load import Served, Shot, fire, get, median, start, warm
from paywall.serving import free_port

Requests = Callable[[], list[tuple[str, str]]]
HOST = "127.0.0.1"
BARE = "bare Flask article"


@dataclass(slots=True)
class Case:
    """One thing that is measured: who asks which server for what, and how many times the bare article it must be."""

    name: str
    setting: str
    server: Served
    requests: Requests
    expected: str
    """How the decision must begin; empty for a baseline."""
    asked: float | None = None
    asked_cpu: float | None = None
    shots: list[Shot] = field(default_factory=list)

    @property
    def core(self) -> int | None:
        """The core that the load comes from."""
        return 1 if self.setting == report.ONE else None

    def check(self) -> None:
        """Raise unless the first and last request are answered as expected."""
        requests = self.requests()
        for path, cookie in (requests[0], requests[-1]):
            decision = get(self.server, HOST, path, cookie)
            assert decision.startswith(self.expected), f"{self.name}: {decision}"

    def shoot(self, seconds: int) -> Shot:
        """Measure once."""
        return fire(self.server, HOST, self.requests(), seconds, self.core)

    @property
    def median(self) -> Shot:
        """The medians of all shots."""
        return median(self.shots)


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--only", choices=("sqlite", "all"), default="all", help="leave Redis and PostgreSQL out")
    options = parser.parse_args()
    with ExitStack() as stack:
        cases = _cases(stack, options.only == "all")
        for case in cases:
            case.check()
            warm(case.server, HOST, case.requests())
            case.shoot(2 if case.core is None else 1)  # the other worker's pages, too
        for _ in range(options.rounds):
            for case in cases:
                case.shots.append(case.shoot(options.seconds))
    rows = [report.Row(c.name, c.setting, c.median, c.asked, c.asked_cpu) for c in cases]
    text = report.table(rows, BARE)
    print(text)
    report.write("articles.md", text, f"{options.rounds} rounds of {options.seconds} s, interleaved, medians")


def _cases(stack: ExitStack, everywhere: bool) -> list[Case]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    paper = newspaper.found(folder, HOST)
    cases = _on_sqlite(stack, folder, paper)
    if everywhere:
        for name, url, asked in (
            ("Redis", redis_server(stack, folder), 1.2),
            ("PostgreSQL", postgres(stack, folder), 1.5),
        ):
            newspaper.spend_allowances(paper, url)
            server = _product(stack, paper, url, workers=1)
            cases += _visitors(paper, server, name, (asked, asked))
    return cases


def _on_sqlite(stack: ExitStack, folder: Path, paper: newspaper.Newspaper) -> list[Case]:
    meter = f"sqlite:///{folder}/meter.sqlite3"
    newspaper.spend_allowances(paper, meter)
    cases: list[Case] = []
    for setting, workers, asked in ((report.ONE, 1, 6.0), (report.TWO, 2, 3.5)):
        bare = _start(stack, "bench.baselines:create_app", paper, meter, workers)
        product = _product(stack, paper, meter, workers)
        cases += [
            Case(BARE, setting, bare, lambda: newspaper.plain_requests("/bare"), ""),
            Case("the usual way", setting, bare, lambda: newspaper.signed_in_requests("/usual"), ""),
            Case(
                "reader with a valid pass",
                setting,
                product,
                lambda: newspaper.subscribers_requests(paper),
                "full; reason=subscribed",
                asked,
                6.0 if workers == 1 else None,
            ),
        ]
        if workers == 1:
            cases += _visitors(paper, product, "SQLite", (6.0, 5.0))
    return cases


def _visitors(paper: newspaper.Newspaper, server: Served, store: str, asked: tuple[float, float]) -> list[Case]:
    spent, returning = asked
    return [
        Case(
            f"visitor past the allowance, {store}",
            report.ONE,
            server,
            lambda: newspaper.spent_visitors_requests(paper),
            "preview; reason=meter_used_up",
            spent,
        ),
        Case(
            f"visitor re-reading, {store}",
            report.ONE,
            server,
            lambda: newspaper.returning_visitors_requests(paper),
            "full; reason=metered",
            returning,
        ),
    ]


def _product(stack: ExitStack, paper: newspaper.Newspaper, meter: str, workers: int) -> Served:
    return _start(stack, "paywall.app:create_served_app", paper, meter, workers)


def _start(stack: ExitStack, target: str, paper: newspaper.Newspaper, meter: str, workers: int) -> Served:
    environment = {
        "PAYWALL_ENV": "test",
        "PAYWALL_SECRET_KEY": newspaper.SECRET,
        "PAYWALL_BASE_URL": f"http://{HOST}",
        "PAYWALL_DATABASE_URL": paper.database_url,
        "PAYWALL_METER_URL": meter,
        "PAYWALL_LOG_LEVEL": "error",
    }
    server = start(target, free_port(HOST), workers, 0 if workers == 1 else None, environment)
    stack.callback(server.stop)
    return server


if __name__ == "__main__":
    main()
