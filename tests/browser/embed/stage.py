"""The product and a publisher's own site, each on a port of its own, and the stand-in Stripe behind the product."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from paywall import clock
from paywall.app import Product, create_product
from paywall.articles.rules import Schedule
from paywall.articles.tables import Article
from paywall.billing import parts
from paywall.billing.syncing.sync import sync_subscription
from paywall.database import Database
from paywall.publishers.keys.making import NewKey, create_key
from paywall.publishers.keys.rules import Scope
from paywall.publishers.profiles import read_profile
from paywall.publishers.setup import NewPublisher, ensure_section, set_up_publisher
from paywall.publishers.sites import add_site
from paywall.readers.finding import reader_by_email
from paywall.settings import Environment, Settings
from tests.billing.stripe_world import World, make_world
from tests.browser.embed.paper import Paper, preview, rest

HOST = "127.0.0.1"
VISITORS, READERS = 2, 3
PATIENCE_SECONDS = 60
METERED = tuple(f"metered-{number}" for number in range(5))
ARTICLES = {"free": "free", "registered": "registered", "locked": "subscribers", **dict.fromkeys(METERED, "metered")}


class Server:
    """A WSGI application at a port of this machine, which can be taken away and brought back."""

    def __init__(self, asked: list[tuple[str, str]]) -> None:
        self.app: Any = None
        self._is_up = False
        self.asked = asked
        self._server = self._listen(0)
        self.port = self._server.server_port

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    @contextmanager
    def away(self) -> Iterator[None]:
        """Take it away for a while, or until it comes back."""
        self.stop()
        yield
        self.come_back()

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Have it take every call and answer none."""
        app, is_over = self.app, threading.Event()
        self.app = lambda *asked: (is_over.wait(), app(*asked))[1]
        yield
        is_over.set()
        self.app = app

    def start(self) -> None:
        self._is_up = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._is_up = False
        self._server.shutdown()
        self._server.server_close()

    def come_back(self) -> None:
        if not self._is_up:
            self._server = self._listen(self.port)
            self.start()

    def _listen(self, port: int) -> BaseWSGIServer:
        return make_server(HOST, port, self._answer, threaded=True, request_handler=_Quiet)

    def _answer(self, environ: Any, start_response: Any) -> Any:
        self.asked.append((environ["PATH_INFO"], environ.get("HTTP_SEC_PURPOSE", "")))
        return self.app(environ, start_response)


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@dataclass
class Stage:
    """What a test plays on: `wall` is the product's address, `site` the publisher's own."""

    world: World
    product: Product
    servers: dict[str, Server]
    paper: Paper
    clock: pytest.MonkeyPatch
    asked: list[tuple[str, str]]
    """Path and Sec-Purpose of every request, to either server."""
    customers: dict[str, str] = field(default_factory=dict)

    @property
    def wall(self) -> str:
        return self.servers["wall"].address

    @property
    def site(self) -> str:
        return self.servers["site"].address

    def subscribe(self, email: str) -> None:
        """Subscribe the reader of that address at Stripe."""
        with self.product.database.reading() as session:
            reader = reader_by_email(session, self.world.publisher.id, email)
        assert reader
        self.customers[email] = self.world.customer(reader.id)
        self.world.subscribe(self.customers[email])
        self._hear(email)

    def cancel_and_let_end(self, email: str) -> None:
        """Cancel at the end of the period, and let that pass."""
        for subscription in self._subscriptions(email):
            cancel: Any = {"cancel_at_period_end": True}
            self.world.ask(partial(_update, subscription["id"], cancel))
        self.turn(days=33)
        self._hear(email)

    def refund(self, email: str) -> None:
        """Give the whole of the last payment back."""
        charge = next(iter(self.world.billing.gateway.list_charges(self.customers[email])))
        self.world.ask(lambda v1: v1.refunds.create({"charge": charge["id"]}))
        self._hear(email)

    def waits_for(self, path: str) -> None:
        """Wait until somebody asks for a path."""
        end = time.monotonic() + PATIENCE_SECONDS
        while path not in dict(self.asked):
            assert time.monotonic() < end, f"nobody asked for {path}"
            time.sleep(0.05)

    def turn(self, **by: float) -> None:
        """Let business time pass."""
        self.world.time.move(**by)
        self.clock.setattr(clock, "_offset", self.world.time.at - datetime.now(UTC))

    def _hear(self, email: str) -> None:
        for one in self._subscriptions(email):
            sync_subscription(self.world.billing, one["id"], with_money_back=True)
        self.product.follower.poll()

    def _subscriptions(self, email: str) -> list[dict[str, Any]]:
        return list(self.world.billing.gateway.list_subscriptions(self.customers[email]))


@contextmanager
def set_up(tables: Path, folder: Path) -> Iterator[Stage]:
    """Serve the product on a copy of this database, and a site of its publisher."""
    shutil.copy(tables, folder / "paywall.sqlite3")
    url = f"sqlite:///{folder / 'paywall.sqlite3'}"
    asked: list[tuple[str, str]] = []
    servers = {"wall": Server(asked), "site": Server(asked)}
    database = Database(url)
    key = _fill(database, servers)
    with database.reading() as session:
        profile = read_profile(session, 1)
    world = make_world(database, profile, folder)
    settings = Settings("0123456789abcdef" * 2, servers["wall"].address, env=Environment.TEST, database_url=url)
    product = create_product(settings)
    parts.install(product.flask, world.billing)
    product.follower.poll()
    paper = Paper(servers["wall"].address, key, profile.slug)
    servers["wall"].app, servers["site"].app = product.flask, paper.site
    for server in servers.values():
        server.start()
    with pytest.MonkeyPatch.context() as patch:
        yield Stage(world, product, servers, paper, patch, asked)
    for server in servers.values():
        server.stop()
    world.sandbox.close()
    product.database.close()
    database.close()


def _fill(database: Database, servers: dict[str, Server]) -> str:
    host = servers["wall"].address.removeprefix("http://")
    new = NewPublisher(
        "news", "The Caspian Post", host, "Asia/Baku", visitor_allowance=VISITORS, reader_allowance=READERS
    )
    with database.writing() as session:
        row = set_up_publisher(session, new)
        ensure_section(session, row, "news", "News")
        for origin in (servers["site"].address, servers["site"].address.replace(HOST, "localhost")):
            add_site(session, row.id, origin, actor="test")
        session.add_all(_article(row.id, key, access) for key, access in ARTICLES.items())
        return create_key(session, row.id, NewKey("pages", frozenset({Scope.CHECK}), is_publishable=True), actor="test")


def _update(subscription: str, changes: Any, v1: Any) -> Any:
    return v1.subscriptions.update(subscription, changes)


def _article(publisher_id: int, key: str, access: str) -> Article:
    published_at = clock.now() - timedelta(hours=1)
    first = f"<p>{preview(key)}</p>"
    return Article(
        publisher_id=publisher_id, key=key, slug=key, title=f"Title of {key}", section="news", access=access,
        published_at=published_at, opens_at=Schedule(published_at).opens_at, word_count=300, version=f"{key}-v1",
        body_html=first + rest(key), preview_html=first, url=f"https://www.paper.example/{key}",
    )  # fmt: skip
