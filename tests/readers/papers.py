"""A product with two newspapers, `news` and `other`, and nobody in them yet."""

from collections.abc import Iterator
from contextlib import contextmanager

from paywall import schema
from paywall.app import Product, create_product
from paywall.database import Base
from paywall.publishers.setup import NewPublisher, set_up_publisher
from paywall.settings import Environment, Settings


@contextmanager
def two_papers(database_url: str) -> Iterator[Product]:
    """Make the tables in an empty database, and the newspapers; the product is closed behind."""
    settings = Settings(
        secret_key="0123456789abcdef" * 2,
        base_url="https://news.test",
        env=Environment.TEST,
        database_url=database_url,
    )
    schema.load_tables()
    product = create_product(settings)
    Base.metadata.create_all(product.database.engine)
    with product.database.writing() as session:
        for slug in ("news", "other"):
            set_up_publisher(session, NewPublisher(slug, f"The {slug.title()}", f"{slug}.test"))
    yield product
    product.database.close()
