"""The importer and the wall on input that nobody here wrote, fetched when this runs.

`python -m bench.real_input` has pip download two source archives into a temporary folder: feedparser's, whose tests
hold more than two thousand odd feeds, and newspaper4k's, whose tests hold real newspaper pages. Each feed is imported
for a publisher of its own, twice; each page with the selector that `newspaper_pages.tsv` names. Then every page is
read through the wall. Ends with status 1 if anything is not as it must be.
"""

import re
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from bench.through_the_wall import read_through_the_wall
from paywall import clock, schema
from paywall.articles.importing import ImportOptions, import_articles
from paywall.articles.report import Report
from paywall.articles.rules import AccessLevel, author_slug
from paywall.articles.storing import Defaults
from paywall.articles.tables import Article
from paywall.changes import ChangeKind, ChangeRow
from paywall.database import Base, Database
from paywall.publishers.profiles import read_profile
from paywall.publishers.setup import NewPublisher, set_up_publisher
from paywall.publishers.tables import Section
from tests.billing.shop import MONTHLY, Shop, open_shop
from tests.proof.buying import buy
from tests.readers.browser import Browser

FEEDS, PAGES = "feedparser==6.0.14", "newspaper4k==0.9.6"
FEWEST_FEEDS, FEWEST_PAGES = 2_000, 15
SELECTORS = Path(__file__).with_name("newspaper_pages.tsv")
HOST = "news.test"
CRASH = "a parser gave up"


@dataclass(slots=True)
class Totals:
    """The reports of many imports, added up."""

    files: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    repeated: int = 0
    silent: list[str] = field(default_factory=list)
    """Files of which the report says nothing."""
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, path: Path, report: Report) -> None:
        """Add one file's report."""
        self.files += 1
        self.added += report.added
        self.changed += report.changed
        self.unchanged += report.unchanged
        self.repeated += report.repeated
        self.reasons.update(re.sub(r"\d+|: .* has an", "…", refusal.reason) for refusal in report.refused)
        if not (report.read or report.refused):
            self.silent.append(path.name)

    @property
    def crashes(self) -> int:
        """How many refusals nobody foresaw."""
        return sum(count for reason, count in self.reasons.items() if CRASH in reason)

    def show(self, title: str) -> None:
        """Print the totals, and the refusals by their reasons."""
        print(f"{title}: {self.files} files: {self.added} added, {self.changed} changed, {self.unchanged} unchanged, ")
        print(f"  {self.repeated} repeated, {self.reasons.total()} refused, {self.crashes} crashes")
        for reason, count in self.reasons.most_common():
            print(f"    {count:5} {reason}")


def main() -> None:
    """Fetch, import, read, and judge."""
    with tempfile.TemporaryDirectory(prefix="paywall-real-input-") as name:
        folder = Path(name)
        shop = _open_newspaper(folder)
        problems = _feeds(shop.database, fetch(FEEDS, folder)) + _pages(shop, fetch(PAGES, folder))
        shop.database.close()
    for problem in problems:
        print(f"PROBLEM {problem}")
    sys.exit(1 if problems else 0)


def fetch(requirement: str, folder: Path) -> Path:
    """Have pip download a source archive, as it is set up on this machine; returns the folder it was unpacked to."""
    name = requirement.partition("==")[0]
    place = folder / name
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, "--no-binary", name, "--dest", place, requirement], check=True, stderr=subprocess.DEVNULL)
    with tarfile.open(next(place.glob("*.tar.gz"))) as archive:
        archive.extractall(place / "source", filter="data")
    return place / "source"


def _open_newspaper(folder: Path) -> Shop:
    """Build the whole product with a newspaper that sells subscriptions over the stand-in Stripe."""
    url = f"sqlite:///{folder / 'paywall.sqlite3'}"
    schema.load_tables()
    database = Database(url)
    Base.metadata.create_all(database.engine)
    publisher_id = _publisher(database, "news", HOST)
    with database.reading() as session:
        publisher = read_profile(session, publisher_id)
    database.close()
    return open_shop(url, publisher, folder)


def _feeds(database: Database, folder: Path) -> list[str]:
    files = sorted(folder.rglob("*.xml"))
    publishers = [_publisher(database, f"feed-{number}", f"feed-{number}.test") for number in range(len(files))]
    first, second = Totals(), Totals()
    for totals in (first, second):
        for publisher_id, path in zip(publishers, files, strict=True):
            totals.add(path, import_articles(database, publisher_id, path, ImportOptions(), clock.now()))
    together = import_articles(database, _publisher(database, "all", "all.test"), folder, ImportOptions(), clock.now())
    first.show("Feeds, each for a publisher of its own")
    print(f"  again: {second.added} added, {second.changed} changed, {second.unchanged} unchanged")
    print(f"  as one folder: {together.added} added, {together.repeated} repeated, {len(together.refused)} refused")
    problems = [f"of {name} the report says nothing" for name in first.silent]
    problems += [f"only {first.files} feeds were found"] * (first.files < FEWEST_FEEDS)
    problems += ["a parser crashed"] * bool(first.crashes + second.crashes)
    problems += ["importing again changed something"] * (second.added + second.changed > 0)
    problems += ["importing again left something out"] * (second.unchanged != first.added)
    return problems + _half_stored(database, first.added + together.added)


def _half_stored(database: Database, reported: int) -> list[str]:
    """Return what is wrong with the rows, beside what the reports said."""
    with database.reading() as session:
        rows = session.scalars(select(Article).options(selectinload(Article.bylines))).all()
        sections = {(row.publisher_id, row.slug) for row in session.scalars(select(Section))}
        told = select(func.count(ChangeRow.subject.distinct())).where(ChangeRow.kind == ChangeKind.ARTICLE)
        changes = session.scalar(told)
    whole = sum(
        bool(row.title and row.body_html and row.word_count and row.version)
        and (row.publisher_id, row.section) in sections
        and {byline.slug for byline in row.bylines} == {slug for name in row.authors if (slug := author_slug(name))}
        for row in rows
    )
    print(f"  rows: {len(rows)} articles, {reported} reported, {len(rows) - whole} half-stored, {changes} changes told")
    return [] if len(rows) == whole == reported == changes else ["rows and reports differ"]


def _pages(shop: Shop, folder: Path) -> list[str]:
    first, second = Totals(), Totals()
    chosen = [line.split("\t") for line in SELECTORS.read_text().splitlines() if line and not line.startswith("#")]
    for totals in (first, second):
        for name, selector in chosen:
            options = ImportOptions(Defaults(access=AccessLevel.SUBSCRIBERS), selector)
            path = next(folder.rglob(name))
            totals.add(path, import_articles(shop.database, shop.publisher.id, path, options, clock.now()))
    first.show("Pages")
    print(f"  again: {second.added} added, {second.changed} changed, {second.unchanged} unchanged")
    problems = ["fewer pages than asked were imported"] * (first.added < FEWEST_PAGES)
    problems += ["a parser crashed"] * bool(first.crashes + second.crashes)
    problems += ["importing again changed something"] * (second.added + second.changed > 0)
    problems += [f"of {name} the report says nothing" for name in first.silent]
    return problems + _read_them(shop)


def _read_them(shop: Shop) -> list[str]:
    with shop.database.reading() as session:
        articles = session.scalars(select(Article).where(Article.publisher_id == shop.publisher.id)).all()
    shop.product.follower.poll()
    stranger, subscriber = Browser(shop.product.flask), _subscriber(shop, f"/articles/{articles[0].slug}")
    seen = read_through_the_wall(stranger.get, subscriber.get, articles)
    languages = ", ".join(sorted({article.language for article in articles}))
    print(f"  read through the wall: {seen.articles} articles ({languages}), {seen.hidden_sentences} sentences hidden")
    return seen.problems


def _subscriber(shop: Shop, goal: str) -> Browser:
    """Return a browser that has signed up at the wall of an article, paid, and come back to it."""
    browser = Browser(shop.product.flask)
    browser.sign_up("reader@example.com")
    buy(shop, browser, MONTHLY, goal)
    return browser


def _publisher(database: Database, slug: str, host: str) -> int:
    with database.writing() as session:
        return set_up_publisher(session, NewPublisher(slug, slug, host)).id


if __name__ == "__main__":
    main()
