"""A newspaper whose articles live on sites of its own, and the service that decides about them, in its own process."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import httpx
from sqlalchemy.orm import Session

from bench.load import Served
from paywall import clock
from paywall.articles.item import Item
from paywall.articles.keeping import draft_of, put_article
from paywall.articles.rules import AccessLevel
from paywall.database import Database
from paywall.entitlements.granting import Grant, end_entitlement, set_entitlement
from paywall.entitlements.rules import Entitlement, Source, Standing
from paywall.gate import edge_passes
from paywall.publishers.keys.making import NewKey, create_key
from paywall.publishers.keys.rules import Scope
from paywall.publishers.profiles import read_profile
from paywall.publishers.setup import NewPublisher, set_up_publisher
from paywall.publishers.sites import add_site
from paywall.readers.email_address import parse_email
from paywall.readers.finding import find_reader
from paywall.serving import free_port
from tests.databases import make_tables
from tests.proof.ways.serving import HOST, start, stop

SECRET = "ways-0123456789-abcdefghijklmnopq"
SLUG, PASSWORD = "paper", "a good password"
ALLOWANCE = 2
"""Articles a month, for visitors and for readers: the first metered ones are read by those who spend theirs."""
PER_LEVEL = ALLOWANCE + 2
KEYS = tuple(f"{level}-{number}" for level in AccessLevel for number in range(PER_LEVEL))
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def keys(level: str, first: int = 0) -> list[str]:
    """Return the articles of a level, from the n-th on."""
    return [f"{level}-{number}" for number in range(first, PER_LEVEL)]


@dataclass
class Newspaper:
    """Where everything is, and what can be done to the service and to its readers."""

    folder: Path
    database: Database
    url: str
    ports: dict[str, int]
    """By the name of the way; the service's own is `service`."""
    key: str = ""
    page_key: str = ""
    members: str = "service"
    """Where readers sign up: at the service, or at the site that has the whole product in its own process."""
    service: Served | None = field(default=None)
    _accounts: int = 0

    def address(self, name: str = "service") -> str:
        return f"http://{HOST}:{self.ports[name]}"

    @property
    def edge_secret(self) -> str:
        return edge_passes.edge_secret(SECRET, 1, 0)

    @property
    def environment(self) -> dict[str, str]:
        """Settings of the service, and what the little sites are told."""
        return {
            "PAYWALL_ENV": "test",
            "PAYWALL_SECRET_KEY": SECRET,
            "PAYWALL_BASE_URL": self.address(),
            "PAYWALL_DATABASE_URL": self.url,
            "PAYWALL_TRUSTED_PROXIES": "127.0.0.0/8",
            "PAYWALL_LOG_LEVEL": "error",
            "WAYS_SERVICE": self.address(),
            "WAYS_KEY": self.key,
        }

    def start_the_service(self) -> None:
        """Start it at its port; returns when it answers."""
        self.service = start("paywall.app:create_served_app", self.ports["service"], self.environment)

    def warm(self) -> None:
        """Ask once with patience: the first question has more to do, and sites wait two seconds."""
        headers = {"Authorization": f"Bearer {self.key}"}
        for key in ("free-0", "subscribers-0"):
            question = {"article": key, "words": True, "count": False}
            httpx.post(f"{self.address()}/v1/check", json=question, headers=headers, timeout=60).raise_for_status()

    def stop_the_service(self) -> None:
        if self.service is not None:
            service, self.service = self.service, None
            stop(service)

    def account(self, days: float | None = None) -> "Account":
        """Sign somebody up at the service, from a network of their own; with a subscription where `days` are given."""
        self._accounts += 1
        made = Account(f"reader{self._accounts}@example.com", self.address(self.members))
        made.there.headers["X-Forwarded-For"] = f"198.18.{self._accounts}.1"
        submit(made.there, "/signup", made.email)
        if days is not None:
            self.entitle(made.email, days)
        return made

    def entitle(self, email: str, days: float) -> None:
        with self.database.writing() as session:
            reader_id, ends = _id(session, email), clock.now() + timedelta(days=days)
            right = Entitlement(
                reader_id, Source.SUBSCRIPTION, f"sub_{reader_id}", Standing.SUBSCRIBED, ends, ends, False
            )
            set_entitlement(session, Grant(1, right))

    def refund(self, email: str) -> None:
        with self.database.writing() as session:
            end_entitlement(session, Source.SUBSCRIPTION, f"sub_{_id(session, email)}", clock.now())


class Account:
    """A reader's account, and their browser as the service knows it: signed in there."""

    def __init__(self, email: str, service: str) -> None:
        self.email = email
        self.there = httpx.Client(base_url=service, timeout=30)


def submit(browser: httpx.Client, page: str, email: str) -> None:
    """Fill in the form of a page of the product, signing up or in."""
    said = browser.get(page).text
    found = _TOKEN.search(said)
    assert found, said[:300]
    form = {"email": email, "password": PASSWORD, "csrf_token": found[1]}
    answer = browser.post(page, data=form, headers={"Origin": str(browser.base_url).rstrip("/")})
    assert answer.status_code in (302, 303), f"{answer.status_code} {answer.text[:500]}"


@contextmanager
def newspaper(folder: Path, ways: list[str], url: str = "", members: str = "service") -> Iterator[Newspaper]:
    """Found it in an empty database, SQLite where no other is named; end all afterwards.

    The service is served where readers sign up there.
    """
    url = url or f"sqlite:///{folder / 'paywall.sqlite3'}"
    make_tables(url)
    paper = Newspaper(folder, Database(url), url, {name: free_port(HOST) for name in ("service", *ways)})
    paper.key, paper.page_key = _fill(paper)
    paper.members = members
    try:
        if members == "service":
            paper.start_the_service()
            paper.warm()
        yield paper
    finally:
        paper.stop_the_service()
        paper.database.close()


def _fill(paper: Newspaper) -> tuple[str, str]:
    with paper.database.writing() as session:
        hosts = [paper.address(name).removeprefix("http://") for name in paper.ports]
        new = NewPublisher(SLUG, "The Paper", "", visitor_allowance=ALLOWANCE, reader_allowance=ALLOWANCE)
        for host in hosts:
            publisher = set_up_publisher(session, new.at(host))
        for name in paper.ports:
            add_site(session, publisher.id, paper.address(name), actor="tests")
        profile = read_profile(session, publisher.id)
        for key in KEYS:
            item = Item("", key, "", title=key, access=AccessLevel(key.partition("-")[0]), slug=key)
            put_article(session, profile.id, draft_of(item, profile), clock.now())
        secret = NewKey("sites", frozenset({Scope.CHECK}), calls_per_second=1_000_000)
        both = (secret, replace(secret, is_publishable=True))
        of_server, of_page = (create_key(session, profile.id, one, actor="tests") for one in both)
        return of_server, of_page


def _id(session: Session, email: str) -> int:
    return find_reader(session, 1, parse_email(email).kept).id
