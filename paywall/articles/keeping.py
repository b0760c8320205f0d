"""Articles as their publisher's own system sends them: put, read, listed, deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from paywall import audit, changes
from paywall.articles.addresses import canonical_url, origin_of
from paywall.articles.drafts import Draft, make_draft
from paywall.articles.item import Item
from paywall.articles.storing import Defaults, Stored, store
from paywall.articles.tables import Article, articles_by_key, url_owner
from paywall.changes import ChangeKind
from paywall.errors import BadInput, NotFound
from paywall.publishers.rules import Profile
from paywall.publishers.tables import Publisher


@dataclass(frozen=True, slots=True)
class Shelved:
    """One part of a list, and the id after which the next begins; None where nothing follows."""

    articles: Sequence[Article]
    after: int | None


def draft_of(item: Item, profile: Profile) -> Draft:
    """Return what was sent, checked and sanitised; its text may be missing, its address may not lead elsewhere.

    Opens no transaction. Raises BadInput naming the field.
    """
    if item.link is not None and origin_of(canonical_url(item.link)) not in profile.sites:
        raise BadInput("url", "Name this site first, with `paywall publisher site add`.")
    zone = ZoneInfo(profile.timezone)
    return make_draft(item, zone, profile.preview_words, sites=profile.sites, needs_text=False)


def put_article(session: Session, publisher_id: int, draft: Draft, now: datetime) -> tuple[Article, Stored]:
    """Add the article of that id, or make it what was sent; returns it and what became of it.

    What was left out of access, section, slug and published_at stays as it is. Raises BadInput where another article
    has the address.
    """
    query_options = {"key_share": True}  # articles wait for each other, readers signing up do not
    publisher = session.get_one(Publisher, publisher_id, with_for_update=query_options)
    row = articles_by_key(session, publisher_id, [draft.key]).get(draft.key)
    if draft.url and url_owner(session, publisher_id, draft.url) not in (None, row.id if row else None):
        raise BadInput("url", "Another of your articles has this address.")
    stored = store(session, publisher, draft, row, Defaults(), now)
    return row or articles_by_key(session, publisher_id, [draft.key])[draft.key], stored


def article_of(session: Session, publisher_id: int, key: str) -> Article:
    """Return a publisher's article, whatever its presence; raises NotFound."""
    found = articles_by_key(session, publisher_id, [key]).get(key)
    if found is None:
        raise NotFound("You have no such article here.")
    return found


def list_articles(session: Session, publisher_id: int, after: int, most: int) -> Shelved:
    """Return articles in the order in which they were first sent, without their text, from the one after id `after`."""
    query = select(Article).where(Article.publisher_id == publisher_id, Article.id > after)
    query = query.options(defer(Article.body_html, raiseload=True)).order_by(Article.id).limit(most + 1)
    found = session.scalars(query).all()
    return Shelved(found[:most], found[most - 1].id if len(found) > most else None)


def delete_article(session: Session, publisher_id: int, key: str, *, actor: str) -> None:
    """Delete an article for good; who has opened it on the meter is not forgotten. Raises NotFound.

    To take one back that readers may still look for, put it with a time from which it is withdrawn: it says so then.
    """
    article = article_of(session, publisher_id, key)
    changes.record(session, publisher_id, ChangeKind.ARTICLE, article.id)
    audit.write(session, publisher_id, actor, "article_deleted", f"article:{article.id}", key=key)
    session.delete(article)
    session.flush()
