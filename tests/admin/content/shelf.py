"""Articles to run a paper with."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from paywall import clock
from paywall.app import Product
from paywall.articles.drafts import make_draft
from paywall.articles.item import Item
from paywall.articles.keeping import put_article
from paywall.articles.tables import Article
from paywall.publishers.profiles import choose


def put(product: Product, key: str, days_ago: float = 1, slug: str = "news", **item: Any) -> int:
    """Publish an article so long ago, and return its number; `item` may say title, section, access, tags."""
    profile, now = choose(product.database, slug), clock.now()
    told: dict[str, Any] = {"title": f"Title of {key}", "section": "world", "access": "metered", **item}
    html = told.pop("html", "<p>Some words.</p>")
    sent = Item("test", key, html, published_at=now - timedelta(days=days_ago), **told)
    draft = make_draft(sent, ZoneInfo("UTC"), profile.preview_words)
    with product.database.writing() as session:
        return put_article(session, profile.id, draft, now)[0].id


def levels(product: Product) -> dict[str, str]:
    """Return each article's access level by its key."""
    with product.database.reading() as session:
        return {one.key: one.access for one in session.query(Article)}


def article(product: Product, number: int) -> Article:
    with product.database.reading() as session:
        return session.get_one(Article, number)


def copy(product: Product, key: str, count: int) -> None:
    """Publish an article so many times more."""
    columns = [one for one in Article.__table__.columns if one.name != "id"]
    with product.database.writing() as session:
        row = session.execute(select(*columns).where(Article.key == key)).one()._mapping
        names = [dict.fromkeys(("key", "slug"), f"{key}-{number}") for number in range(count)]
        session.execute(insert(Article), [{**row, **one, "url": None} for one in names])
