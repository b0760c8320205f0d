"""What telling crawlers apart costs everybody else: the same visitors, with the question asked of them and without.

`python -m bench.crawlers [--rounds N]`. Rounds are interleaved, and each figure is a median.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench import newspaper
from paywall.app import create_product
from paywall.gate import recognition
from paywall.gate.crawlers.catalogue import claim_of
from paywall.gate.crawlers.ranges.holding import Ranges
from paywall.gate.crawlers.verdicts import Crawlers
from paywall.settings import Environment, Settings

HOST = "127.0.0.1"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
BROWSERS = [
    f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"
    for version in range(60, 140)
]
VISITS = 2_000
BATCH = 50
MOST_OF_AN_ANSWER = 0.02


class NoNames:
    """A name server that knows of nothing."""

    def names(self, _address: object) -> list[str]:
        """No address leads anywhere."""
        return []

    def addresses(self, _name: str, _version: int) -> list[str]:
        """No name does."""
        return []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        paper = newspaper.found(Path(folder), HOST)
        meter = f"sqlite:///{folder}/meter.sqlite3"
        newspaper.spend_allowances(paper, meter)
        settings = Settings(
            newspaper.SECRET, f"http://{HOST}", Environment.TEST, database_url=paper.database_url, meter_url=meter
        )
        product = create_product(settings)
        with_it, without = visitors(product.flask.wsgi_app, environs(paper), rounds)
        report(with_it, without)
        questions(product.gate.crawlers.ranges)
        product.stop()


def environs(paper: newspaper.Newspaper) -> list[dict[str, Any]]:
    """Return visitors past their allowance, with all kinds of browsers, as requests."""
    asked = newspaper.spent_visitors_requests(paper)[:VISITS]
    return [
        EnvironBuilder(
            path,
            base_url=f"http://{HOST}",
            headers=[("Cookie", cookie), ("User-Agent", BROWSERS[number % len(BROWSERS)])],
        ).get_environ()
        for number, (path, cookie) in enumerate(asked)
    ]


def visitors(app: Any, asked: list[dict[str, Any]], rounds: int) -> tuple[float, float]:  # noqa: ANN401 - WSGI
    """Return the median microseconds of an answer with the question and without it, in small batches by turns."""
    times: dict[bool, list[float]] = {True: [], False: []}
    run(app, asked)
    for number in range(rounds):
        for start in range(0, len(asked), BATCH):
            for is_asked in (True, False) if number % 2 else (False, True):
                vars(recognition)["claim_of"] = claim_of if is_asked else _nobody
                times[is_asked].append(run(app, asked[start : start + BATCH]))
    vars(recognition)["claim_of"] = claim_of
    return statistics.median(times[True]), statistics.median(times[False])


def _nobody(_user_agent: str) -> None:
    return None


def run(app: Any, asked: list[dict[str, Any]]) -> float:  # noqa: ANN401 - WSGI
    """Return the microseconds of processor time that one answer takes."""
    start = time.process_time()
    for environ in asked:
        run_wsgi_app(app, environ.copy())
    return (time.process_time() - start) / len(asked) * 1e6


def report(with_it: float, without: float) -> None:
    share = with_it / without - 1
    met = "met" if share <= MOST_OF_AN_ANSWER else "**missed**"
    print("visitor past the allowance, whole answers, processor time")
    print(f"  asked whether they claim to be a crawler  {with_it:7.1f} µs")
    print(f"  not asked                                 {without:7.1f} µs")
    print(f"  dearer by {share:.1%} (asked: at most {MOST_OF_AN_ANSWER:.0%}, {met})")


def questions(ranges: Ranges) -> None:
    crawlers = Crawlers(ranges, NoNames())
    crawlers.verify("203.0.113.9", GOOGLEBOT)
    time.sleep(0.1)  # looked up by now
    print("one question")
    cases: dict[str, Callable[[], object]] = {
        "a browser": lambda: crawlers.verify("203.0.113.9", BROWSERS[0]),
        "Googlebot in its ranges": lambda: crawlers.verify("66.249.66.1", GOOGLEBOT),
        "who plays Googlebot, looked up before": lambda: crawlers.verify("203.0.113.9", GOOGLEBOT),
    }
    for name, question in cases.items():
        print(f"  {name:<40} {nanoseconds(question):7,.0f} ns")


def nanoseconds(question: Callable[[], object], times: int = 20_000) -> float:
    start = time.process_time()
    for _ in range(times):
        question()
    return (time.process_time() - start) / times * 1e9


if __name__ == "__main__":
    main()
