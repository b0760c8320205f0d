"""Two newspapers in one deployment, and what the people who make and read them do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from flask import Flask
from werkzeug.test import TestResponse

from paywall import changes, clock
from paywall.articles.importing import ImportOptions, import_articles
from paywall.articles.report import Report
from paywall.publishers.tables import Meter, Publisher
from tests.billing.shop import Shop
from tests.readers import browser

WORDS = "The ferry that left at six came back at nine with nobody on board but the man who sells tea. " * 5
MATTER = "---\nid: {slug}\nslug: {slug}\ntitle: {title}\nsection: {section}\nauthors: [Leyla Rahimova]\n"


def ending(host: str, slug: str) -> str:
    """Return the last sentence of an article: not two are the same."""
    return f"The {slug} of {host} ended with nine herons on the pier."


class Browser(browser.Browser):
    """A reader's browser at one of the newspapers."""

    def __init__(self, app: Flask, host: str) -> None:
        super().__init__(app, host=host)
        self.host = host

    def page(self, slug: str) -> TestResponse:
        return self.get(f"/articles/{slug}")

    def reads(self, slug: str) -> bool:
        """Open an article; returns whether it was whole."""
        page = self.page(slug)
        assert page.status_code == 200, (slug, page.status_code)
        is_whole = ending(self.host, slug) in page.text
        assert is_whole == page.headers["Paywall-Decision"].startswith("full")
        return is_whole

    def why(self, slug: str) -> str:
        """Open an article and return what the gate says of it."""
        return self.page(slug).headers["Paywall-Decision"]

    def take_cookies_of(self, other: "Browser") -> None:
        """Put another browser's cookies here, whatever site they are of."""
        for name in ("__Host-session", "__Host-pass", "__Host-visitor"):
            kept = other.client.get_cookie(name, domain=other.host)
            if kept:
                self.set_cookie(kept.value, name)


@dataclass
class Newspaper:
    """One of the newspapers, as its makers see it."""

    shop: Shop
    publisher_id: int
    host: str
    folder: Path
    _matter: dict[str, dict[str, object]] = field(default_factory=dict)

    def browser(self) -> Browser:
        return Browser(self.shop.product.flask, self.host)

    def reader(self, email: str = "leyla@example.org") -> Browser:
        """Return the browser of somebody who has just signed up."""
        made = self.browser()
        assert made.sign_up(email).status_code == 303
        return made

    def publish(self, slug: str, access: str = "metered", section: str = "news", **matter: object) -> Report:
        """Write an article, or change it, and import the folder as the newsroom does."""
        self._matter[slug] = {"published_at": _hours_ago(1), **self._matter.get(slug, {}), "access": access, **matter}
        lines = "".join(f"{name}: {_yaml(value)}\n" for name, value in self._matter[slug].items())
        head = MATTER.format(slug=slug, title=f"The {slug} of {self.host}", section=section)
        body = "\n\n".join([WORDS, WORDS, ending(self.host, slug)])
        self.folder.mkdir(exist_ok=True)
        (self.folder / f"{slug}.md").write_text(f"{head}{lines}---\n\n{body}\n")
        report = import_articles(self.shop.database, self.publisher_id, self.folder, ImportOptions(), clock.now())
        assert not report.refused, report.refused
        self.poll()
        return report

    def settle(self, **values: object) -> None:
        """Change a setting of the publisher."""
        with self.shop.database.writing() as session:
            row = session.get_one(Publisher, self.publisher_id)
            for name, value in values.items():
                setattr(row, name, value)
            changes.record(session, row.id, changes.ChangeKind.PUBLISHER, row.id)
        self.poll()

    def lift_the_wall(self, section: str, hours: float) -> None:
        with self.shop.database.writing() as session:
            row = session.get_one(Publisher, self.publisher_id)
            chosen = next(one for one in row.sections if one.slug == section)
            chosen.wall_lifted_until = clock.now() + timedelta(hours=hours)
        self.settle()

    def allow(self, **allowances: int) -> None:
        """Set `visitor_allowance` or `reader_allowance`."""
        with self.shop.database.writing() as session:
            meter = session.query(Meter).filter_by(publisher_id=self.publisher_id, is_default=True).one()
            for name, value in allowances.items():
                setattr(meter, name, value)
        self.settle()

    def poll(self) -> None:
        """Hear of changes, as every serving process does each two seconds."""
        self.shop.product.follower.poll()


@contextmanager
def later(**by: float) -> Iterator[None]:
    """Turn business time forward inside the block."""
    with patch.object(clock, "_offset", timedelta(**by)):
        yield


def _hours_ago(hours: float) -> datetime:
    return clock.now() - timedelta(hours=hours)


def _yaml(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
