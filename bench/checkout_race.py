"""The checkout race in full: 100 readers who each press the button five times at once, on SQLite and PostgreSQL.

Run `python -m bench.checkout_race [--readers N] [--clicks N] [--engine NAME …]`. Every reader must end with one payment
page, one customer and, after paying on every page there is, one subscription; no click may fail. Prints one line for
each engine and ends with code 1 if anything differs. The stand-in Stripe answers in process.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.engines import postgres
from paywall import schema
from paywall.billing.checkout.welcome import Arrival, finish_checkout
from paywall.billing.syncing.ownership import Owner
from paywall.database import Base, Database
from paywall.errors import PaywallError
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import Profile
from paywall.publishers.setup import NewPublisher, set_up_publisher
from tests.billing.shop import Shop, open_shop

THREADS = 40


@dataclass(frozen=True, slots=True)
class Click:
    """One press of the button: where it led (or what it was refused with), and how long that took."""

    reader_id: int
    address: str
    seconds: float


def main() -> int:
    options = read_options()
    print(f"{options.readers} readers x {options.clicks} parallel clicks, {THREADS} threads")
    print("engine      pages  customers  subscriptions  open  failed  p50 ms   p99")
    wrong = 0
    for engine in options.engine or ["sqlite", "postgres"]:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = f"sqlite:///{folder / 'paywall.sqlite3'}" if engine == "sqlite" else postgres(stack, folder)
            wrong += measure(engine, url, folder, options.readers, options.clicks)
    return 1 if wrong else 0


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--readers", type=int, default=100)
    parser.add_argument("--clicks", type=int, default=5)
    parser.add_argument("--engine", action="append", choices=["sqlite", "postgres"])
    return parser.parse_args()


def measure(engine: str, url: str, folder: Path, readers: int, clicks: int) -> int:
    """Run the race on one engine and print its line; return how many figures differ from one for each reader."""
    shop = open_shop(url, new_publisher(url), folder)
    made = race(shop, [shop.reader() for _ in range(readers)], clicks)
    failed = sum(not click.address.startswith("https://") for click in made)
    pages = {click.address: click for click in made if click.address.startswith("https://")}
    opened = sum(pay_and_come_back(shop, click) for click in pages.values())
    figures = (len(shop.sessions()), len({page["customer"] for page in shop.sessions()}), len(shop.subscriptions()))
    times = sorted(1000 * click.seconds for click in made)
    p99 = times[min(len(times) - 1, round(0.99 * len(times)))]
    line = "".join(
        f"{figure:{width}}" for figure, width in zip((*figures, opened, failed), (7, 11, 15, 6, 8), strict=True)
    )
    print(f"{engine:10}{line}{statistics.median(times):8.0f}{p99:6.0f}", flush=True)
    report_refusals(made)
    shop.sandbox.close()
    shop.product.database.close()
    return sum(figure != readers for figure in figures) + failed + abs(opened - readers)


def new_publisher(url: str) -> Profile:
    """Make the tables and a newspaper in an empty database."""
    schema.load_tables()
    database = Database(url)
    Base.metadata.create_all(database.engine)
    with database.writing() as session:
        publisher_id = set_up_publisher(session, NewPublisher("news", "The News", "news.test")).id
    with database.reading() as session:
        profile = read_profile(session, publisher_id)
    database.close()
    return profile


def race(shop: Shop, readers: list[int], clicks: int) -> list[Click]:
    """Let every reader press the button several times at once."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda reader: click(shop, reader), [one for one in readers for _ in range(clicks)]))


def click(shop: Shop, reader_id: int) -> Click:
    began = time.perf_counter()
    try:
        address = shop.click(reader_id)
    except PaywallError as error:
        address = type(error).__name__
    return Click(reader_id, address, time.perf_counter() - began)


def pay_and_come_back(shop: Shop, made: Click) -> bool:
    """Pay on a page, press its button once more, and come back; tell whether that opened articles."""
    answers = [shop.pay(made.address), shop.pay(made.address)]
    session_id = (answers[0].location or "").partition("session_id=")[2]
    who = Owner(shop.publisher.id, made.reader_id)
    return finish_checkout(shop.billing, who, session_id).arrival is Arrival.OPEN


def report_refusals(made: list[Click]) -> None:
    """Name what clicks were refused with."""
    refused = Counter(click.address for click in made if not click.address.startswith("https://"))
    for situation, times in refused.items():
        print(f"  {situation}: {times}")


if __name__ == "__main__":
    sys.exit(main())
