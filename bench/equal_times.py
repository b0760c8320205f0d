"""Do a known and an unknown address take the same time? Medians of interleaved rounds, for each form that is mum.

Run: python -m bench.equal_times [ROUNDS]
"""

import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from paywall import schema
from paywall.app import create_product
from paywall.database import Base
from paywall.publishers.setup import NewPublisher, set_up_publisher
from paywall.settings import Environment, Settings
from paywall.web import limits
from tests.readers.browser import Browser

KNOWN, UNKNOWN = "known@example.com", "nobody@example.com"


FORMS = {"/login": {"password": "wrong password"}, "/forgot-password": {}, "/confirm": {}}


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        browser = new_browser(Path(folder))
        browser.sign_up(KNOWN)
        browser.post("/logout")
        for path, fields in FORMS.items():
            report(browser, path, fields, rounds)


def new_browser(folder: Path) -> Browser:
    url = f"sqlite:///{folder / 'paywall.sqlite3'}"
    settings = Settings("0123456789abcdef" * 2, "https://news.test", Environment.TEST, url)
    schema.load_tables()
    product = create_product(settings)
    Base.metadata.create_all(product.database.engine)
    with product.database.writing() as session:
        set_up_publisher(session, NewPublisher("news", "The News", "news.test"))
    limits.install(product.flask, None).enabled = False
    return Browser(product.flask)


def report(browser: Browser, path: str, fields: dict[str, str], rounds: int) -> None:
    times: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    form = {"csrf_token": browser.csrf_token(), **fields}
    for number in range(2 * rounds):
        email = (KNOWN, UNKNOWN)[number % 2]
        start = perf_counter()
        browser.client.post(path, data={"email": email, **form}, base_url=browser.base_url)
        times[email].append((perf_counter() - start) * 1000)
    known, unknown = (statistics.median(times[email]) for email in (KNOWN, UNKNOWN))
    apart = abs(known - unknown) / max(known, unknown)
    print(f"{path:18} known {known:6.1f} ms   unknown {unknown:6.1f} ms   {apart:5.1%} apart")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
