"""A publisher's site of plain files behind nginx, with the product beside it: both really served."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx

from bench.load import Served, start
from paywall import clock
from paywall.articles.tables import Article
from paywall.database import Database
from paywall.entitlements.granting import Grant, end_entitlement, set_entitlement
from paywall.entitlements.rules import Entitlement, Source, Standing
from paywall.gate import edge_passes
from paywall.publishers.keys.making import NewKey, create_key
from paywall.publishers.keys.rules import Scope
from paywall.publishers.setup import NewPublisher, ensure_section, set_up_publisher
from paywall.readers.email_address import parse_email
from paywall.readers.finding import reader_by_email
from paywall.serving import free_port
from tests.nginx.server import HOST, nginx, recipe

SECRET = "nginx-0123456789-abcdefghijklmnop"
CANARY = "Nine herons crossed the harbour before the ink was dry."
PREVIEW = "The preview stands here for everybody."
PASSWORD = "a good password"
ALLOWANCE = 2
ARTICLES = {f"{level}-{number}": level for level in ("free", "metered", "subscribers") for number in range(4)}
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Site:
    """Where it is, and what can be done to what stands behind it."""

    address: str
    database: Database
    key: str
    edge_secret: str
    product: Served
    is_up: bool = True

    def reader(self, email: str, *, days: float | None = None) -> httpx.Client:
        """Sign somebody up through nginx; with a subscription where `days` are given."""
        browser = self.browser()
        page = browser.get("/signup").text
        found = _TOKEN.search(page)
        assert found, page[:200]
        form = {"email": email, "password": PASSWORD, "csrf_token": found[1]}
        assert browser.post("/signup", data=form, headers={"Origin": self.address}).status_code == 303
        if days is not None:
            self.entitle(email, days)
        return browser

    def browser(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, timeout=30)

    def entitle(self, email: str, days: float) -> None:
        with self.database.writing() as session:
            ends = clock.now() + timedelta(days=days)
            reader_id = self._id(email)
            right = Entitlement(
                reader_id, Source.SUBSCRIPTION, f"sub_{reader_id}", Standing.SUBSCRIBED, ends, ends, False
            )
            set_entitlement(session, Grant(1, right))

    def refund(self, email: str) -> None:
        with self.database.writing() as session:
            end_entitlement(session, Source.SUBSCRIPTION, f"sub_{self._id(email)}", clock.now())

    def stop_the_service(self) -> None:
        self.is_up = False
        self.product.stop()

    def edge_cookies(self, age_seconds: float = 0) -> dict[str, str]:
        """Return the edge cookies that a payer's browser still has, given so long ago."""
        given = edge_passes.cookies(self.edge_secret, clock.wall() - timedelta(seconds=age_seconds))
        return {one.name: one.value for one in given if one.seconds > age_seconds or one.name == edge_passes.PASS}

    def _id(self, email: str) -> int:
        with self.database.reading() as session:
            reader = reader_by_email(session, 1, parse_email(email).normalized)
        assert reader is not None
        return reader.id


@contextmanager
def site(folder: Path, conf: str, database_url: str) -> Iterator[Site]:
    """Serve the site by one of the recipes."""
    port, inner = free_port(HOST), free_port(HOST)
    address = f"http://{HOST}:{port}"
    database = Database(database_url)
    key = _fill(database, f"{HOST}:{port}")
    _write_files(folder / "www")
    secret = edge_passes.edge_secret(SECRET, 1, 0)
    product = start("paywall.app:create_served_app", inner, 1, None, _environment(address, database_url))
    places = {
        "127.0.0.1:8000": f"{HOST}:{inner}",
        "/var/www/paper": str(folder / "www"),
        "pw_sk_your_key": key,
        "proxy_set_header Host $host;": "proxy_set_header Host $http_host;",
    }
    if conf == "no-call.conf":
        places["your_edge_secret"] = secret
    made = Site(address, database, key, secret, product)
    try:
        with nginx(folder / "nginx", recipe(conf, places), port=port):
            yield made
    finally:
        if made.is_up:
            product.stop()
        database.close()


def _environment(address: str, database_url: str) -> dict[str, str]:
    return {
        "PAYWALL_ENV": "test",
        "PAYWALL_SECRET_KEY": SECRET,
        "PAYWALL_BASE_URL": address,
        "PAYWALL_DATABASE_URL": database_url,
        "PAYWALL_TRUSTED_PROXIES": "127.0.0.0/8",
        "PAYWALL_LOG_LEVEL": "error",
    }


def _fill(database: Database, host: str) -> str:
    with database.writing() as session:
        new = NewPublisher("paper", "The Paper", host, visitor_allowance=ALLOWANCE, reader_allowance=ALLOWANCE)
        publisher = set_up_publisher(session, new)
        ensure_section(session, publisher, "news", "News")
        for slug, level in ARTICLES.items():
            session.add(_article(publisher.id, slug, level))
        return create_key(session, publisher.id, NewKey("nginx", frozenset({Scope.CHECK})), actor="tests")


def _article(publisher_id: int, slug: str, level: str) -> Article:
    published = clock.now() - timedelta(days=1)
    return Article(
        publisher_id=publisher_id,
        key=slug,
        slug=slug,
        title=slug,
        section="news",
        authors=[],
        access=level,
        published_at=published,
        opens_at=published,
        body_html="",
        preview_html="",
        word_count=0,
        version="1",
    )


def _write_files(root: Path) -> None:
    for name in ("articles", "previews"):
        (root / name).mkdir(parents=True)
    for slug in ARTICLES:
        start_of_it = f"<!doctype html><title>{slug}</title><p>{PREVIEW}</p>"
        (root / "previews" / f"{slug}.html").write_text(start_of_it)
        (root / "articles" / f"{slug}.html").write_text(f"{start_of_it}<p>{CANARY}</p>" + "<p>More.</p>" * 200)
