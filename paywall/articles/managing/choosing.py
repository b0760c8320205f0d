"""Finding articles, published or not, by words of the title, section, tag, author, access level and age."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, defer

from paywall.articles.rules import AccessLevel, author_slug, tag_slug
from paywall.articles.tables import Article, Byline, Tagged


@dataclass(frozen=True, slots=True)
class Choice:
    """Which articles are meant; what is not said chooses nothing out."""

    q: str = ""
    """Words of the title, or the whole slug or id."""
    section: str = ""
    tag: str = ""
    author: str = ""
    access: AccessLevel | None = None
    older_days: int | None = None
    """Opened at least so many days ago."""
    newer_days: int | None = None
    """Opened less than so many days ago, or still to open."""


@dataclass(frozen=True, slots=True)
class Part:
    """One page of a list, newest first, and whether older ones follow."""

    articles: Sequence[Article]
    has_older: bool


def list_chosen(  # noqa: PLR0913 - whose, which, when, and which part of them
    session: Session, publisher_id: int, choice: Choice, now: datetime, *, page: int, most: int
) -> Part:
    """Return the `page`th part (from 1) of the articles that are meant, without their text."""
    query = select(Article).where(*conditions(publisher_id, choice, now)).options(*_WITHOUT_TEXT)
    query = query.order_by(Article.opens_at.desc(), Article.id.desc())
    found = session.scalars(query.offset((page - 1) * most).limit(most + 1)).all()
    return Part(found[:most], len(found) > most)


def count_chosen(session: Session, publisher_id: int, choice: Choice, now: datetime) -> dict[AccessLevel, int]:
    """Return how many articles are meant, by their access level now."""
    query = select(Article.access, func.count()).where(*conditions(publisher_id, choice, now))
    return {AccessLevel(access): count for access, count in session.execute(query.group_by(Article.access)).all()}


def chosen_ids(session: Session, publisher_id: int, choice: Choice, now: datetime, *, most: int) -> list[int]:
    """Return the ids of at most `most` articles that are meant, smallest first."""
    query: Select[int] = select(Article.id).where(*conditions(publisher_id, choice, now))
    return list(session.scalars(query.order_by(Article.id).limit(most)))


def conditions(publisher_id: int, choice: Choice, now: datetime) -> list[ColumnElement[bool]]:
    """Return the choice as a filter."""
    asked = [Article.publisher_id == publisher_id]
    if choice.q:
        is_named = (Article.slug == choice.q, Article.key == choice.q)
        asked.append(or_(Article.title.icontains(choice.q, autoescape=True), *is_named))
    if choice.section:
        asked.append(Article.section == choice.section)
    if choice.tag:
        asked.append(Article.id.in_(select(Tagged.article_id).where(Tagged.slug == tag_slug(choice.tag))))
    if choice.author:
        written = select(Byline.article_id).where(Byline.slug == author_slug(choice.author))
        asked.append(Article.id.in_(written))
    if choice.access is not None:
        asked.append(Article.access == choice.access.value)
    return [*asked, *_of_age(choice, now)]


def _of_age(choice: Choice, now: datetime) -> list[ColumnElement[bool]]:
    asked = []
    if choice.older_days is not None:
        asked.append(Article.opens_at <= now - timedelta(days=choice.older_days))
    if choice.newer_days is not None:
        asked.append(Article.opens_at > now - timedelta(days=choice.newer_days))
    return asked


_WITHOUT_TEXT = (defer(Article.body_html, raiseload=True), defer(Article.preview_html, raiseload=True))
