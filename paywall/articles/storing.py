"""Storing drafts: what the source does not say stays as it is stored, and what is the same is left alone."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall import changes
from paywall.articles.drafts import Draft
from paywall.articles.rules import AccessLevel
from paywall.articles.slugs import digest, make_slug
from paywall.articles.tables import Article, url_owner
from paywall.changes import ChangeKind
from paywall.publishers.setup import ensure_section
from paywall.publishers.tables import Publisher

DEFAULT_SECTION = "news"
DATE_IS_IMPORT = "no date of publication is given: the time at which it came here was taken"


class Outcome(StrEnum):
    """What became of an article."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where a source says nothing: None leaves what is stored, or takes metered and news."""

    access: AccessLevel | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a draft, and what its publisher should know of it."""

    outcome: Outcome
    notes: tuple[str, ...] = ()


def store(  # noqa: PLR0913, PLR0917 - each is another thing to know
    session: Session,
    publisher: Publisher,
    draft: Draft,
    row: Article | None,
    defaults: Defaults,
    now: datetime,
    *,
    dry_run: bool = False,
) -> Stored:
    """Add an article, or change its `row`, together with its section and the change that others hear of.

    The caller holds a write transaction and the publisher's row. With `dry_run` nothing is written.
    """
    slug = _slug(session, publisher, draft, row)
    section = _section(publisher, draft, row, defaults)
    values = _values(draft, row, publisher.language, defaults, now) | {"slug": slug, "section": section}
    values |= {"version": version_of(values), "url": _url(session, publisher, draft, row)}
    values["tags"] = draft.tags if draft.tags is not None else row.tags if row else []
    if row is not None and all(getattr(row, name) == value for name, value in values.items()):
        return Stored(Outcome.UNCHANGED)
    notes = _notes(draft, row, values)
    if not dry_run:
        _ensure_section(session, publisher, str(values["section"]), draft.section or defaults.section or "")
        _write(session, publisher, row, values)
    return Stored(Outcome.ADDED if row is None else Outcome.CHANGED, notes)


def _write(session: Session, publisher: Publisher, row: Article | None, values: dict[str, object]) -> None:
    if row is None:
        row = Article(publisher_id=publisher.id, **values)
        session.add(row)
    else:
        for name, value in values.items():
            setattr(row, name, value)
    session.flush()
    changes.record(session, publisher.id, ChangeKind.ARTICLE, row.id)


def _values(draft: Draft, row: Article | None, language: str, defaults: Defaults, now: datetime) -> dict[str, object]:
    """Return the columns that need no look at other rows."""
    published_at = draft.published_at or (row.published_at if row else draft.first_seen_at or now)
    return {
        "key": draft.key,
        "title": draft.title,
        "standfirst": draft.standfirst,
        "authors": draft.authors,
        "language": draft.language or language,
        "access": str(draft.access or defaults.access or (row.access if row else AccessLevel.METERED)),
        "published_at": published_at,
        "updated_at": draft.updated_at,
        "embargoed_until": draft.embargoed_until,
        "withdrawn_at": draft.withdrawn_at,
        "free_first_hours": draft.free_first_hours,
        "free_after_hours": draft.free_after_hours,
        "opens_at": max(published_at, draft.embargoed_until or published_at),
        "body_html": draft.body_html,
        "preview_html": draft.preview_html,
        "word_count": draft.word_count,
    }


def version_of(values: dict[str, object]) -> str:
    """Return a digest of all that the page of an article shows."""
    shown = json.dumps(values, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(shown.encode()).hexdigest()[:20]


def _slug(session: Session, publisher: Publisher, draft: Draft, row: Article | None) -> str:
    """Return the slug: the given one, the stored one, or one made from the title; never another article's."""
    if row is not None and draft.slug is None:
        return row.slug
    wanted = draft.slug or make_slug(draft.title, draft.key, "a")
    for slug in (wanted, f"{wanted[:100]}-{digest(draft.key, 6)}", f"{wanted[:60]}-{digest(draft.key, 32)}"):
        if _is_free(session, publisher, slug, row):
            return slug
    return f"a-{digest(draft.key, 64)}"


def _url(session: Session, publisher: Publisher, draft: Draft, row: Article | None) -> str | None:
    """Return the address elsewhere: the given one unless another article has it, else the stored one."""
    if draft.url and url_owner(session, publisher.id, draft.url) in (None, row.id if row else None):
        return draft.url
    return row.url if row else None


def _is_free(session: Session, publisher: Publisher, slug: str, row: Article | None) -> bool:
    query = select(Article.id).where(Article.publisher_id == publisher.id, Article.slug == slug)
    owner = session.scalar(query)
    return owner is None or (row is not None and owner == row.id)


def _section(publisher: Publisher, draft: Draft, row: Article | None, defaults: Defaults) -> str:
    """Return the section's slug. A feed's category makes a new section only where no default was named."""
    named = make_slug(draft.section, draft.section, "s") if draft.section else None
    if named and (draft.is_section_sure or defaults.section is None or named in {s.slug for s in publisher.sections}):
        return named
    return defaults.section or (row.section if row else DEFAULT_SECTION)


def _ensure_section(session: Session, publisher: Publisher, slug: str, written: str) -> None:
    if slug not in {section.slug for section in publisher.sections}:
        name = written if make_slug(written, written, "s") == slug and written != slug else slug.replace("-", " ")
        ensure_section(session, publisher, slug, name[:1].upper() + name[1:])
        changes.record(session, publisher.id, ChangeKind.PUBLISHER, publisher.id)


def _notes(draft: Draft, row: Article | None, values: dict[str, object]) -> tuple[str, ...]:
    notes: list[str] = []
    if row is None and not draft.published_at and not draft.first_seen_at:
        notes.append(DATE_IS_IMPORT)
    if draft.url and draft.url != values["url"]:
        notes.append(f"url: another article has {draft.url}")
    if draft.slug and draft.slug != values["slug"]:
        notes.append(f"slug: another article has {draft.slug}; this one is at {values['slug']}")
    return tuple(notes)
