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
class Place:
    """Where a part of the list begins: behind this article, or before it where one goes back."""

    opens_at: datetime
    article_id: int
    is_backwards: bool = False


def list_chosen(  # noqa: PLR0913 - whose, which, when, and which part of them
    session: Session, publisher_id: int, choice: Choice, now: datetime, *, most: int, place: Place | None = None
) -> Sequence[Article]:
    """Return the articles that are meant, without their text, newest first from a place on: `most` at most.

    Going back, the one nearest to the place comes first. It costs the same wherever in the list the place is.
    """
    query = select(Article).where(*conditions(publisher_id, choice, now), *_beyond(place)).options(*_WITHOUT_TEXT)
    order = (Article.opens_at, Article.id) if place and place.is_backwards else _NEWEST_FIRST
    return session.scalars(query.order_by(*order).limit(most)).all()


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


def _beyond(place: Place | None) -> list[ColumnElement[bool]]:
    """Return what lies beyond a place; its first half is what an index can begin at."""
    if place is None:
        return []
    at, number = place.opens_at, place.article_id
    if place.is_backwards:
        return [Article.opens_at >= at, or_(Article.opens_at > at, Article.id > number)]
    return [Article.opens_at <= at, or_(Article.opens_at < at, Article.id < number)]


def _of_age(choice: Choice, now: datetime) -> list[ColumnElement[bool]]:
    asked = []
    if choice.older_days is not None:
        asked.append(Article.opens_at <= now - timedelta(days=choice.older_days))
    if choice.newer_days is not None:
        asked.append(Article.opens_at > now - timedelta(days=choice.newer_days))
    return asked


_NEWEST_FIRST = (Article.opens_at.desc(), Article.id.desc())
_WITHOUT_TEXT = (defer(Article.body_html, raiseload=True), defer(Article.preview_html, raiseload=True))
