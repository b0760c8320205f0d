"""The publisher's hand on one article: its access level, its embargo, its withdrawal, its free hours."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from paywall import audit, changes
from paywall.articles.drafts import MOST_FREE_HOURS
from paywall.articles.managing.levels import next_version
from paywall.articles.rules import AccessLevel
from paywall.articles.tables import Article
from paywall.changes import ChangeKind
from paywall.errors import BadInput, NotFound


@dataclass(frozen=True, slots=True)
class Hand:
    """What an article's publisher decides beside its text. Times are aware UTC."""

    access: AccessLevel
    embargoed_until: datetime | None
    withdrawn_at: datetime | None
    free_first_hours: int | None
    free_after_hours: int | None


def article_by_id(session: Session, publisher_id: int, article_id: int) -> Article:
    """Return one of the publisher's articles without its text, whatever its presence; raises NotFound."""
    query = select(Article).where(Article.publisher_id == publisher_id, Article.id == article_id)
    found = session.scalar(query.options(defer(Article.body_html, raiseload=True)))
    if found is None:
        raise NotFound("There is no article of that number.")
    return found


def hand_on(article: Article) -> Hand:
    """Return how things stand with an article."""
    hours = (article.free_first_hours, article.free_after_hours)
    return Hand(AccessLevel(article.access), article.embargoed_until, article.withdrawn_at, *hours)


def lay_hand_on(session: Session, publisher_id: int, article_id: int, wanted: Hand, *, actor: str) -> bool:
    """Make it so, and tell whether anything changed; raises NotFound, or BadInput for hours nobody could mean."""
    _refuse_odd_hours(wanted)
    article = article_by_id(session, publisher_id, article_id)
    before, after = _plain(hand_on(article)), _plain(wanted)
    changed = [name for name in after if before[name] != after[name]]
    if not changed:
        return False
    for name, value in asdict(wanted).items():
        setattr(article, name, str(value) if name == "access" else value)
    article.opens_at = article.schedule.opens_at
    article.version = next_version(article.version, repr(after))
    changes.record(session, publisher_id, ChangeKind.ARTICLE, article_id)
    detail = {"before": {name: before[name] for name in changed}, "after": {name: after[name] for name in changed}}
    audit.write(session, publisher_id, actor, "article_changed", f"article:{article_id}", **detail)
    session.flush()
    return True


def _plain(hand: Hand) -> dict[str, str | int | None]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(hand).items()}


def _refuse_odd_hours(wanted: Hand) -> None:
    for name in ("free_first_hours", "free_after_hours"):
        hours = getattr(wanted, name)
        if hours is not None and not 0 <= hours <= MOST_FREE_HOURS:
            raise BadInput(name, f"Give a number of hours from 0 to {MOST_FREE_HOURS:,}, or leave it empty.")
