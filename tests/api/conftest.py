"""The whole product as a publisher's server sees it: with keys, on SQLite and on PostgreSQL."""

from collections.abc import Callable
from typing import Any

import pytest

from paywall.app import Product
from paywall.publishers.keys.making import NewKey, create_key
from paywall.publishers.keys.rules import Scope
from paywall.publishers.setup import NewPublisher, ensure_section, set_up_publisher
from paywall.publishers.sites import add_site
from tests.api.calling import SITE, Server
from tests.gate.conftest import (  # noqa: F401 - fixtures
    add,
    add_article,
    browser,
    entitle,
    other_process,
    product,
    set_meter,
    set_publisher,
    settings,
)

MakeKey = Callable[..., str]


@pytest.fixture
def make_key(product: Product) -> MakeKey:  # noqa: F811
    """Make a key of the first publisher, as this process hears of it."""

    def make(*scopes: Scope, publisher_id: int = 1, **more: Any) -> str:
        new = NewKey("a key", frozenset(scopes or {Scope.CHECK}), **more)
        with product.database.writing() as session:
            key = create_key(session, publisher_id, new, actor="tests")
        product.follower.poll()
        return key

    return make


@pytest.fixture
def site(product: Product) -> str:  # noqa: F811
    """The origin of the publisher's own site, which it has named."""
    with product.database.writing() as session:
        add_site(session, 1, SITE, actor="tests")
    product.follower.poll()
    return SITE


@pytest.fixture
def server(product: Product, make_key: MakeKey) -> Server:  # noqa: F811
    """The publisher's server, with a key that may check."""
    return Server(product.flask, make_key())


@pytest.fixture
def page(product: Product, make_key: MakeKey, site: str) -> Server:  # noqa: F811
    """A page of the publisher's site, with a publishable key."""
    return Server(product.flask, make_key(is_publishable=True), origin=site)


@pytest.fixture
def rival(product: Product, make_key: MakeKey) -> Server:  # noqa: F811
    """Another publisher's server on the same deployment, with articles of the same ids."""
    new = NewPublisher("rival", "The Rival", "rival.test", visitor_allowance=3, reader_allowance=5)
    with product.database.writing() as session:
        row = set_up_publisher(session, new)
        ensure_section(session, row, "news", "News")
        publisher_id = row.id
    add_article(product.database, publisher_id, "rivals-own", access="metered")
    product.follower.poll()
    return Server(product.flask, make_key(publisher_id=publisher_id))
