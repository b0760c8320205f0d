"""From a WSGI request to a verdict: the publisher by the host name, the article by its name, the sender by cookies.

This is what the wall is given as its `check`. On the fast way it makes no request object and asks no database.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from paywall import clock
from paywall.articles.catalogue import Catalogue
from paywall.articles.rules import AccessLevel, ArticleCard, Presence, Schedule
from paywall.errors import DatabaseUnavailable, UnknownHost
from paywall.gate.access import Gate
from paywall.gate.decide import TRY_AGAIN
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
NOT_LOOKED_UP = 0
"""The id of an article that can't be looked up just now."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class WebCheck:
    """The check of a site of this process. Safe to share between threads."""

    def __init__(  # noqa: PLR0913 - the parts of a gate
        self,
        profiles: Profiles,
        card_of: CardOf,
        gate: Gate,
        recognition: Recognition,
        events: EventBuffer,
        *,
        leaves_it_inside: bool = True,
    ) -> None:
        """Take the parts of a gate.

        What can't be looked up, because its host is no publisher's or the database can't be reached just now, is left
        to the application inside to say. Where that would show it, `leaves_it_inside` is False: UnknownHost or
        DatabaseUnavailable is raised, but for an article that can't be looked up, which opens for who may read all.
        """
        self._leaves_it_inside = leaves_it_inside
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
        if card.id == NOT_LOOKED_UP:
            return Verdict(decision if decision.is_full else TRY_AGAIN, 0, "", profile.language, cookies, "database")
        if counts and self._events.has_room():
            referrer = environ.get("HTTP_REFERER", "")
            crawler = None if who.crawler is None else who.crawler.name
            noted = Answered(profile.id, card.id, who.reader_id, who.counted_as, decision, referrer, now, crawler, card)
            self._events.note(noted)
        return Verdict(decision, card.id, card.version, profile.language, cookies, degraded)

    def _find(self, host: str, name: ArticleName) -> tuple[Profile, ArticleCard] | None:
        """Look the article up; raises only where nothing is left to the application inside."""
        try:
            profile = self._profiles.at_host(host)
            card = self._card(profile.id, name)
        except UnknownHost:
            if self._leaves_it_inside:
                return None
            raise
        except SQLAlchemyError as error:
            if not can_not_be_reached(error):
                raise
            if self._leaves_it_inside:
                return None
            raise DatabaseUnavailable from error
        return (profile, card) if card else None

    def _card(self, publisher_id: int, name: ArticleName) -> ArticleCard | None:
        try:
            return self._card_of(publisher_id, name)
        except SQLAlchemyError as error:
            if self._leaves_it_inside or not can_not_be_reached(error):
                raise
            return _not_looked_up(publisher_id)


def _not_looked_up(publisher_id: int) -> ArticleCard:
    """Stand for an article that can't be looked up: for those who may read everything."""
    return ArticleCard(NOT_LOOKED_UP, publisher_id, "", "", "", AccessLevel.SUBSCRIBERS, Schedule(_LONG_AGO), "")


def by_slug(catalogue: Catalogue) -> CardOf:
    """Return how the hosted site finds its articles: the path of their pages has the slug."""
    card = catalogue.card
    return lambda publisher_id, name: card(publisher_id, name.id)


def by_name(catalogue: Catalogue) -> CardOf:
    """Return how articles are found that a page of another site shows: by the publisher's id, else by the address.

    That raises BadInput for an address that is none: an article may be there all the same.
    """

    def card_of(publisher_id: int, name: ArticleName) -> ArticleCard | None:
        if name.id:
            return catalogue.by_key(publisher_id, name.id)
        return catalogue.at_address(publisher_id, name.url)

    return card_of
