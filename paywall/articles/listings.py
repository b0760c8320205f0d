"""What a newspaper's pages and feeds read: published articles in lists without their text, one article for its page.

The text is not only left out: asking a listed article for `body_html` raises, so no template can let it slip.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, defer

from paywall.articles.tables import Article, Byline, is_published, published

LISTED = 20
"""How many articles one page of a list shows."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list, newest first, and whether there are older articles."""

    articles: Sequence[Article]
    has_older: bool


@dataclass(frozen=True, slots=True)
class Address:
    """An article as a sitemap names it; `changed_at` is aware UTC."""

    slug: str
    changed_at: datetime


def article_page(session: Session, publisher_id: int, slug: str, *, whole: bool) -> Article | None:
    """Return an article whatever its presence; its text is loaded only if `whole`, else asking for it raises."""
    query = select(Article).where(Article.publisher_id == publisher_id, Article.slug == slug)
    return session.scalar(query if whole else query.options(defer(Article.body_html, raiseload=True)))


@dataclass(frozen=True, slots=True)
class Named:
    """What a list of other things says of an article."""

    slug: str
    title: str


def named(session: Session, publisher_id: int, ids: Collection[int]) -> dict[int, Named]:
    """Return how a publisher's articles of these ids are called; those that are gone are left out."""
    if not ids:
        return {}
    columns = select(Article.id, Article.slug, Article.title)
    rows = session.execute(columns.where(Article.publisher_id == publisher_id, Article.id.in_(sorted(ids))))
    return {article_id: Named(slug, title) for article_id, slug, title in rows}


def newest(session: Session, publisher_id: int, now: datetime, *, section: str | None, most: int) -> Sequence[Article]:
    """Return the newest published articles, of one section or of all, without their text."""
    query = published(publisher_id, now)
    if section is not None:
        query = query.where(Article.section == section)
    return session.scalars(query.limit(most)).all()


def in_section(session: Session, publisher_id: int, section: str, now: datetime, page: int) -> Listing:
    """Return the `page`th part (from 1) of a section's published articles."""
    return _listing(session, published(publisher_id, now).where(Article.section == section), page)


def by_author(session: Session, publisher_id: int, author: str, now: datetime, page: int) -> Listing:
    """Return the `page`th part (from 1) of the published articles of the author with that slug."""
    written = select(Byline.article_id).where(Byline.slug == author)
    return _listing(session, published(publisher_id, now).where(Article.id.in_(written)), page)


def author_name(session: Session, publisher_id: int, author: str, now: datetime) -> str | None:
    """Return how the author of that slug signs the newest published article; None if there is none."""
    query = select(Byline.name).join(Article, Article.id == Byline.article_id)
    query = query.where(Byline.slug == author, Article.publisher_id == publisher_id, *is_published(now))
    return session.scalar(query.order_by(Article.opens_at.desc()).limit(1))


def count_published(session: Session, publisher_id: int, now: datetime) -> int:
    """Return how many published articles a publisher has."""
    return session.scalar(select(func.count()).where(Article.publisher_id == publisher_id, *is_published(now))) or 0


def addresses(session: Session, publisher_id: int, now: datetime, *, skip: int, most: int) -> list[Address]:
    """Return the addresses of published articles, oldest first, so that pages of them stay as they are."""
    query = select(Article.slug, Article.updated_at, Article.opens_at)
    query = query.where(Article.publisher_id == publisher_id, *is_published(now)).order_by(Article.id)
    rows = session.execute(query.offset(skip).limit(most))
    return [Address(slug, max(opens_at, updated_at or opens_at)) for slug, updated_at, opens_at in rows]


def _listing(session: Session, query: Select[Article], page: int) -> Listing:
    skip = (page - 1) * LISTED
    found = session.scalars(query.offset(skip).limit(LISTED + 1)).all()
    return Listing(found[:LISTED], has_older=len(found) > LISTED)
