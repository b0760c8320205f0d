"""From a WSGI request to a verdict: the publisher by the host name, the article by its name, the sender by cookies.

This is what the wall is given as its `check`. On the fast way it makes no request object and asks no database.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from paywall import clock
from paywall.articles.addresses import canonical_url
from paywall.articles.catalogue import Catalogue
from paywall.articles.rules import ArticleCard, Presence
from paywall.errors import BadInput, UnknownHost
from paywall.gate.access import Gate
from paywall.gate.decision import ArticleName, Verdict
from paywall.gate.events import Answered, EventBuffer
from paywall.gate.recognition import Recognition
from paywall.gate.rights import can_not_be_reached
from paywall.publishers.profiles import Profiles
from paywall.publishers.rules import Profile

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

CardOf = Callable[[int, ArticleName], ArticleCard | None]
"""Finds a publisher's article by what a page calls it."""


class WebCheck:
    """The check of a site of this process. Safe to share between threads."""

    def __init__(
        self, profiles: Profiles, card_of: CardOf, gate: Gate, recognition: Recognition, events: EventBuffer
    ) -> None:
        self._profiles, self._card_of = profiles, card_of
        self._gate, self._recognition, self._events = gate, recognition, events

    def __call__(self, environ: "WSGIEnvironment", name: ArticleName, *, counts: bool) -> Verdict | None:
        """Return the verdict on a request for an article; None: there is no such article to be read just now."""
        now = clock.now()
        found = self._find(environ.get("HTTP_HOST", ""), name)
        if found is None:
            return None
        profile, card = found
        if card.schedule.presence(now) is not Presence.PUBLISHED:
            return None
        who, cookies, visitor_cookie = self._recognition.recognise(environ, profile, now)
        decision, took_a_view, degraded = self._gate.check_access(profile, card, who, counts=counts, now=now)
        if took_a_view and visitor_cookie:
            cookies = (*cookies, visitor_cookie)
        if counts and self._events.has_room():
            referrer = environ.get("HTTP_REFERER", "")
            crawler = None if who.crawler is None else who.crawler.name
            noted = Answered(profile.id, card.id, who.reader_id, who.counted_as, decision, referrer, now, crawler)
            self._events.note(noted)
        return Verdict(decision, card.id, card.version, profile.language, cookies, degraded)

    def _find(self, host: str, name: ArticleName) -> tuple[Profile, ArticleCard] | None:
        """Look the article up; what can't be looked up just now is left to the application inside to say."""
        try:
            profile = self._profiles.at_host(host)
            card = self._card_of(profile.id, name)
        except UnknownHost:
            return None
        except SQLAlchemyError as error:
            if can_not_be_reached(error):
                return None
            raise
        return (profile, card) if card else None


def by_slug(catalogue: Catalogue) -> CardOf:
    """Return how the hosted site finds its articles: the path of their pages has the slug."""
    card = catalogue.card
    return lambda publisher_id, name: card(publisher_id, name.id)


def by_name(catalogue: Catalogue) -> CardOf:
    """Return how articles are found that a page of another site shows: by the publisher's id, else by the address."""

    def card_of(publisher_id: int, name: ArticleName) -> ArticleCard | None:
        if name.id:
            return catalogue.by_key(publisher_id, name.id)
        try:
            return catalogue.by_url(publisher_id, canonical_url(name.url))
        except BadInput:
            return None

    return card_of
