"""A publisher's site elsewhere, and the product really served beside it."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from werkzeug.serving import make_server

from paywall import clock
from paywall.app import Product
from paywall.articles.item import Item
from paywall.articles.keeping import draft_of, put_article
from paywall.articles.rules import AccessLevel
from paywall.entitlements.granting import Grant, set_entitlement
from paywall.entitlements.rules import Entitlement, Source, Standing
from paywall.publishers.keys.rules import Scope
from paywall.publishers.profiles import read_profile
from paywall.publishers.setup import NewPublisher, answer_only_at, set_up_publisher
from paywall.publishers.sites import add_site
from paywall.readers.email_address import parse_email
from paywall.readers.finding import find_reader
from paywall.settings import Environment, Settings
from tests.api.conftest import make_key  # noqa: F401 - fixtures
from tests.gate.conftest import product  # noqa: F401
from tests.wall.remote.service import HOST, SITE, Service


@pytest.fixture
def settings(sqlite_url: str) -> Settings:
    """One engine is enough here: what is looked at is what travels between the two."""
    return Settings(
        secret_key="0123456789abcdef" * 2, base_url="http://127.0.0.1", env=Environment.TEST, database_url=sqlite_url
    )


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def service(product: Product, make_key: Callable[..., str]) -> Iterator[Service]:  # noqa: F811
    """The product, served; with articles that live on the publisher's own site."""
    server = make_server(HOST, 0, product.flask, threaded=True)
    with product.database.writing() as session:
        publisher = set_up_publisher(session, NewPublisher("news", "News", f"{HOST}:{server.port}"))
        answer_only_at(session, publisher, [f"{HOST}:{server.port}"])
        add_site(session, publisher.id, SITE, actor="tests")
        profile = read_profile(session, publisher.id)
        for level in AccessLevel:
            for number in range(4):
                name = f"{level}-{number}"
                item = Item("", name, "", title=name, link=f"{SITE}/news/{name}", access=level)
                put_article(session, profile.id, draft_of(item, profile), clock.now())
    product.follower.poll()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made = Service(f"http://{HOST}:{server.port}", make_key(Scope.CHECK), server)
    made.entitle = lambda email, days: _entitle(product, email, days)
    made.warm()
    yield made
    made.stop()
    thread.join()


def _entitle(product: Product, email: str, days: float) -> None:  # noqa: F811
    with product.database.writing() as session:
        reader_id = find_reader(session, 1, parse_email(email).kept).id
        ends = clock.now() + timedelta(days=days)
        right = Entitlement(reader_id, Source.SUBSCRIPTION, f"sub_{reader_id}", Standing.SUBSCRIBED, ends, ends, False)
        set_entitlement(session, Grant(1, right))
    product.follower.poll()
