"""Which article a question is about: by the publisher's own id, or by any spelling of its address."""

from datetime import datetime

from paywall.api.check.models import CheckQuestion
from paywall.api.ground.routes import Parts
from paywall.articles.addresses import canonical_url
from paywall.articles.rules import ArticleCard, Presence
from paywall.errors import NotFound, PaywallError


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
        card = catalogue.by_url(publisher_id, canonical_url(question.url or ""))
    if card is None:
        raise NotFound("You have no such article here.")
    return present(card, now)


def present(card: ArticleCard, now: datetime) -> ArticleCard:
    """Return the article if it is there at `now`; raises NotFound or Withdrawn."""
    presence = card.schedule.presence(now)
    if presence is Presence.PUBLISHED:
        return card
    if presence is Presence.WITHDRAWN:
        raise Withdrawn
    raise NotFound("This article is not published yet.")
