"""Making the Gazette known to the Courier: its site, where its stories are, and the keys it asks with."""

from datetime import datetime, time

from sqlalchemy.orm import Session

from paywall import clock
from paywall.articles.item import Item
from paywall.articles.keeping import draft_of, put_article
from paywall.articles.listings import article_page
from paywall.database import Database
from paywall.demo.gazette.stories import Paper, Story, read_stories
from paywall.demo.place import Place
from paywall.publishers.keys.listing import list_keys
from paywall.publishers.keys.making import NewKey, create_key, public_id_of
from paywall.publishers.keys.rules import Scope
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import Profile
from paywall.publishers.sites import add_site, remove_site

ACTOR = "demo"
KEYS = {
    "pages": NewKey("The Harbour Gazette's pages", frozenset({Scope.CHECK}), is_publishable=True),
    "server": NewKey("The Harbour Gazette's server", frozenset({Scope.CHECK, Scope.READERS})),
}
FROM_THE_COURIER = "the-harbour-that-learned-to-wait"
"""A story of the sister paper's, which the Gazette shows and does not have."""


def open_gazette(database: Database, publisher: Profile, place: Place, address: str) -> Paper:
    """Bring what the Courier knows of the Gazette to what it should be, and return the paper; safe to repeat."""
    stories = read_stories()
    with database.writing() as session:
        _name_only_this_site(session, publisher, address)
        publisher = read_profile(session, publisher.id)
        key, secret = (_key(session, publisher.id, place, what, new) for what, new in KEYS.items())
    now = clock.now()
    drafts = [draft_of(_item(story, address), publisher) for story in stories]
    with database.writing() as session:
        for draft in drafts:
            put_article(session, publisher.id, draft, now)
        stories.append(_of_the_courier(session, publisher.id))
    return Paper(address, place.address, publisher.slug, key, secret, tuple(stories))


def _name_only_this_site(session: Session, publisher: Profile, address: str) -> None:
    for other in set(publisher.sites) - {address}:  # of an earlier start, on another port
        remove_site(session, publisher.id, other, actor=ACTOR)
    add_site(session, publisher.id, address, actor=ACTOR)


def _key(session: Session, publisher_id: int, place: Place, what: str, new: NewKey) -> str:
    kept = place.gazette_key(what)
    live = {public_id_of(key.shown_as) for key in list_keys(session, publisher_id, clock.wall()) if key.is_live}
    if kept and public_id_of(kept) in live:
        return kept
    return place.gazette_key(what, create_key(session, publisher_id, new, actor=ACTOR))


def _item(story: Story, address: str) -> Item:
    """Return what the paywall is told of a story: all but its text."""
    return Item(
        where=story.slug,
        key=story.key,
        html="",
        title=story.title,
        slug=story.key,
        standfirst=story.standfirst,
        section="news",
        authors=(story.author,),
        access=story.access,
        link=address + story.path,
        published_at=datetime.combine(story.date, time(6)),
    )


def _of_the_courier(session: Session, publisher_id: int) -> Story:
    found = article_page(session, publisher_id, FROM_THE_COURIER, whole=False)
    assert found is not None  # noqa: S101 - it has just been imported
    return Story(
        found.slug, found.key, found.title, found.standfirst, found.authors[0], found.opens_at.date(), found.access,
        found.preview_html, "", is_ours=False,
    )  # fmt: skip
