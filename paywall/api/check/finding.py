"""Which article a question is about: by the publisher's own id, or by any spelling of its address."""

from datetime import datetime

from paywall.api.check.models import CheckQuestion
from paywall.api.ground.routes import Parts
from paywall.articles.addresses import by_other_scheme, origin_of, spellings
from paywall.articles.rules import ArticleCard, Presence
from paywall.errors import NotFound, PaywallError
from paywall.publishers.rules import Profile


class NotPublished(NotFound):
    """This article is not published yet."""

    code = "not_published"


class NoSiteOfYours(NotFound):
    """That address is on none of your sites. Name the site first, with `paywall publisher site add`."""

    code = "no_site_of_yours"


class Withdrawn(PaywallError):
    """You have withdrawn this article."""

    status = 410
    code = "gone"


def find_card(parts: Parts, publisher_id: int, question: CheckQuestion, now: datetime) -> ArticleCard:
    """Return the article; raises NotFound, Withdrawn, or BadInput for an address that is none."""
    catalogue = parts.gate.catalogue
    if question.article is not None:
        card = catalogue.by_key(publisher_id, question.article)
    else:
        card = catalogue.at_address(publisher_id, question.url or "")
    if card is None:
        _refuse_foreign(parts.profiles.of(publisher_id), question.url)
        raise NotFound("You have no such article here.")
    return present(card, now)


def _refuse_foreign(profile: Profile, url: str | None) -> None:
    """Raise NoSiteOfYours for an address where the publisher has no site: what is there may be locked all the same."""
    if url is None:
        return
    origin = origin_of(spellings(url)[0])
    if not {origin, by_other_scheme(origin)} & set(profile.sites) and origin.partition("://")[2] not in profile.hosts:
        raise NoSiteOfYours


def present(card: ArticleCard, now: datetime) -> ArticleCard:
    """Return the article if it is there at `now`; raises NotPublished or Withdrawn."""
    presence = card.schedule.presence(now)
    if presence is Presence.PUBLISHED:
        return card
    if presence is Presence.WITHDRAWN:
        raise Withdrawn
    raise NotPublished
