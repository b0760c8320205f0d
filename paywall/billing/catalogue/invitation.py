"""The price at the end of a preview: one line, the same for everybody, answered from memory."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from paywall import clock
from paywall.billing.catalogue.beginnings import VISITOR, Beginning, beginning_of
from paywall.billing.catalogue.offers import introductory_offers
from paywall.billing.catalogue.plans import Price, prices_of
from paywall.billing.catalogue.wording import begins, plain
from paywall.changes import Change, ChangeKind
from paywall.database import Database
from paywall.publishers.rules import Profile


@dataclass(frozen=True, slots=True)
class InvitationPrice:
    """What an invitation says of the price, and until when that is so; None for good."""

    price_line: str
    holds_until: datetime | None = None


class InvitationPrices:
    """Answers "what does it cost?"; forgets when it hears of a change. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[int, InvitationPrice | None] = {}

    def of(self, publisher: Profile) -> InvitationPrice | None:
        """Return what an invitation of that publisher says; None while it has no price."""
        now = clock.now()
        kept = self._kept.get(publisher.id)
        if publisher.id not in self._kept or (kept and kept.holds_until and kept.holds_until <= now):
            with self._database.reading() as session:
                kept = self._kept[publisher.id] = invitation_price(session, publisher, now)
        return kept

    def hear(self, change: Change) -> None:
        """Forget what a publisher's prices were."""
        if change.kind is ChangeKind.PUBLISHER:
            self._kept.pop(change.publisher_id, None)


def invitation_price(session: Session, publisher: Profile, now: datetime) -> InvitationPrice | None:
    """Return what is said of a publisher's first price, with the trial or offer that everybody new gets."""
    price = next(iter(prices_of(session, publisher.id)), None)
    if price is None:
        return None
    line = price_line(price, beginning_of(session, price, VISITOR, now), publisher.language)
    turns = [
        at for offer in introductory_offers(session, price.plan_id, now) for at in (offer.starts_at, offer.ends_at)
    ]
    return InvitationPrice(line, min((at for at in turns if at and at > now), default=None))


def price_line(price: Price, beginning: Beginning, language: str) -> str:
    """Return the price in one line: `4.99 ₼ a month, cancel any time`."""
    first = begins(price, beginning, language)
    if first:
        return f"New subscribers: {first[:1].lower()}{first[1:]}, cancel any time"
    return f"{plain(price, language)}, cancel any time"
