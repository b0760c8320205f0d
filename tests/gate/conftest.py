"""The whole product with a newspaper of every access level, on SQLite and on PostgreSQL."""

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from paywall import changes, clock
from paywall.app import Product, create_product
from paywall.articles.rules import Schedule
from paywall.articles.tables import Article
from paywall.database import Database
from paywall.entitlements.granting import Grant, set_entitlement
from paywall.entitlements.rules import Entitlement, Source, Standing
from paywall.publishers.rules import Profile
from paywall.publishers.tables import Meter, Publisher
from paywall.settings import Environment, Settings
from tests.gate.visits import CANARY, LEVELS, PREVIEW, Browser

Add = Callable[..., None]


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(
        secret_key="0123456789abcdef" * 2, base_url="https://news.test", env=Environment.TEST, database_url=database_url
    )


@pytest.fixture
def product(settings: Settings, database: Database, publisher: Profile) -> Iterator[Product]:
    with database.writing() as session:
        for level, number in itertools.product(LEVELS, range(8)):
            session.add(an_article(publisher.id, f"{level}-{number}", access=level))
    product = create_product(settings)
    product.follower.poll()
    yield product
    product.database.close()


@pytest.fixture
def other_process(product: Product) -> Iterator[Product]:
    """Another process of the same deployment: it shares the database and the meter, and nothing else."""
    other = create_product(product.settings)
    other.follower.poll()
    yield other
    other.database.close()


@pytest.fixture
def browser(product: Product) -> Browser:
    return Browser(product.flask)


@pytest.fixture
def add(database: Database, publisher: Profile) -> Add:
    def add(slug: str, **changes: Any) -> None:
        add_article(database, publisher.id, slug, **changes)

    return add


@pytest.fixture
def entitle(product: Product) -> Callable[..., None]:
    """Give a reader the right to read, or change it."""

    def give(reader_id: int, standing: Standing = Standing.SUBSCRIBED, days: float = 30, **more: bool) -> None:
        ends = clock.now() + timedelta(days=days)
        right = Entitlement(reader_id, Source.SUBSCRIPTION, f"sub_{reader_id}", standing, ends, ends, False)
        if more.get("suspended"):
            right = Entitlement(reader_id, Source.SUBSCRIPTION, f"sub_{reader_id}", standing, ends, ends, True)
        with product.database.writing() as session:
            set_entitlement(session, Grant(1, right))

    return give


@pytest.fixture
def set_publisher(product: Product) -> Callable[..., None]:
    """Change the publisher's settings, as this process hears of it."""

    def change(**values: Any) -> None:
        with product.database.writing() as session:
            row = session.get_one(Publisher, 1)
            for name, value in values.items():
                setattr(row, name, value)
            changes.record(session, 1, changes.ChangeKind.PUBLISHER, 1)
        product.follower.poll()

    return change


@pytest.fixture
def set_meter(product: Product, set_publisher: Callable[..., None]) -> Callable[..., None]:
    """Change the default meter."""

    def change(**values: Any) -> None:
        with product.database.writing() as session:
            row = session.query(Meter).filter_by(is_default=True).one()
            for name, value in values.items():
                setattr(row, name, value)
        set_publisher()

    return change


def add_article(database: Database, publisher_id: int, slug: str, **changes: Any) -> None:
    """Store one article."""
    with database.writing() as session:
        session.add(an_article(publisher_id, slug, **changes))


def an_article(publisher_id: int, slug: str, **changes: Any) -> Article:
    """Return an article that is out for an hour, with a canary below the cut."""
    values: dict[str, Any] = {
        "publisher_id": publisher_id, "key": slug, "slug": slug, "title": f"Title of {slug}", "section": "news",
        "standfirst": f"Standfirst of {slug}.", "authors": ["Leyla Əliyeva"], "access": "metered",
        "published_at": clock.now() - timedelta(hours=1), "word_count": 690, "version": f"{slug}-v1",
        "body_html": f"<p>{PREVIEW}</p><p>{CANARY}</p>", "preview_html": f"<p>{PREVIEW}</p>",
    }  # fmt: skip
    article = Article(**(values | changes))
    article.opens_at = Schedule(article.published_at, article.embargoed_until).opens_at
    return article
