"""The articles' table, and the queries on it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, defer, mapped_column, relationship, validates

from paywall.articles.rules import AccessLevel, ArticleCard, Schedule, author_slug, tag_slug
from paywall.database import Base, UtcDateTime


class Article(Base):
    """An article of a publisher; `body_html` is sanitised and must only be rendered under a full Decision."""

    __tablename__ = "articles"
    __table_args__ = (
        UniqueConstraint("publisher_id", "key"),
        UniqueConstraint("publisher_id", "slug"),
        UniqueConstraint("publisher_id", "url"),
        CheckConstraint("access IN ('free', 'registered', 'metered', 'subscribers')", name="access_is_known"),
        Index("ix_articles_front", "publisher_id", "opens_at"),
        Index("ix_articles_section", "publisher_id", "section", "opens_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    key: Mapped[str]
    slug: Mapped[str]
    url: Mapped[str | None]
    """Where the publisher shows it, in the spelling of `addresses.canonical_url`; None: only here."""
    title: Mapped[str]
    standfirst: Mapped[str] = mapped_column(default="")
    section: Mapped[str]
    authors: Mapped[list[str]] = mapped_column(JSON, default=list)
    tags: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    language: Mapped[str] = mapped_column(default="en")
    access: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    embargoed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    free_first_hours: Mapped[int | None]
    free_after_hours: Mapped[int | None]
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Schedule.opens_at, kept beside its parts so that lists can be sorted by it."""
    body_html: Mapped[str]
    """Empty where the publisher keeps the text: such an article is not shown on the hosted site."""
    preview_html: Mapped[str]
    """The first 80-120 words, cut at a paragraph: what anybody may see."""
    word_count: Mapped[int]
    version: Mapped[str]
    """A digest of all that the page shows."""

    bylines: Mapped[list["Byline"]] = relationship(cascade="all, delete-orphan")

    tagged: Mapped[list["Tagged"]] = relationship(cascade="all, delete-orphan")

    @validates("tags")
    def _keep_tagged(self, _field: str, tags: list[str]) -> list[str]:
        kept = {one.slug: one for one in self.tagged}
        self.tagged = [kept.get(slug) or Tagged(slug=slug) for slug in dict.fromkeys(map(tag_slug, tags)) if slug]
        return tags

    @validates("authors")
    def _keep_bylines(self, _field: str, authors: list[str]) -> list[str]:
        slugs = {slug: name for name in reversed(authors) if (slug := author_slug(name))}
        kept = {byline.slug: byline for byline in self.bylines}
        self.bylines = [kept.get(slug) or Byline(slug=slug, name=name) for slug, name in slugs.items()]
        return authors

    @property
    def schedule(self) -> Schedule:
        """The publisher's hand on this article, as a value."""
        return Schedule(
            self.published_at, self.embargoed_until, self.withdrawn_at, self.free_first_hours, self.free_after_hours
        )

    @property
    def card(self) -> ArticleCard:
        """What the gate must know."""
        return ArticleCard(
            id=self.id,
            publisher_id=self.publisher_id,
            key=self.key,
            slug=self.slug,
            section=self.section,
            access=AccessLevel(self.access),
            schedule=self.schedule,
            version=self.version,
            url=self.url,
        )


class Byline(Base):
    """An author of an article, by whom an author's page finds it; kept in step with `Article.authors`."""

    __tablename__ = "article_bylines"
    __table_args__ = (Index("ix_article_bylines_slug", "slug", "article_id"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Tagged(Base):
    """A tag of an article, by which it is found; kept in step with `Article.tags`."""

    __tablename__ = "article_tags"
    __table_args__ = (Index("ix_article_tags_slug", "slug", "article_id"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)


def is_published(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return Schedule.presence(now) is PUBLISHED, for an article that has its text here, as a filter."""
    is_there = or_(Article.withdrawn_at.is_(None), Article.withdrawn_at > now)
    return (Article.opens_at <= now, is_there, Article.word_count > 0)


def articles_by_key(session: Session, publisher_id: int, keys: Iterable[str]) -> dict[str, Article]:
    """Return those articles of a publisher that it knows by one of `keys`, whatever their presence."""
    query = select(Article).where(Article.publisher_id == publisher_id, Article.key.in_(list(keys)))
    return {article.key: article for article in session.scalars(query)}


def url_owner(session: Session, publisher_id: int, url: str) -> int | None:
    """Return the id of the publisher's article that has this canonical address elsewhere."""
    return session.scalar(select(Article.id).where(Article.publisher_id == publisher_id, Article.url == url))


def published(publisher_id: int, now: datetime) -> Select[Article]:
    """Return the query of a publisher's published articles without their text, newest first."""
    query = select(Article).where(Article.publisher_id == publisher_id, *is_published(now))
    return query.options(defer(Article.body_html, raiseload=True)).order_by(Article.opens_at.desc(), Article.id.desc())
