"""From what the gate answered to rows: views of metered articles one by one, and the counts of the day."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from paywall.articles.rules import AccessLevel
from paywall.gate.events import Answered, referrer_host
from paywall.publishers.rules import Profile
from paywall.readership import rules
from paywall.readership.days import Counts
from paywall.readership.holders import Holders

Row = dict[str, Any]


class NotedStep(NamedTuple):
    """A step that somebody has taken: `cause` names the account or checkout, `goal` is where they want to be."""

    publisher_id: int
    step: rules.Step
    cause: str
    goal: str
    who: tuple[str, ...]
    """The meter's names for them, the likeliest first."""
    at: datetime
    """Business time."""


def is_readership(answered: Answered) -> bool:
    """Tell whether an answer is kept: to readers and visitors, about an article that is not free for everybody."""
    card = answered.card
    nobody = answered.crawler is not None or answered.decision.reason in rules.NOT_READERSHIP
    return card is not None and not nobody and card.access is not AccessLevel.FREE


def view_row(answered: Answered, profile: Profile, holders: Holders) -> Row | None:
    """Return the row of a view; None where the article is not metered."""
    card = answered.card
    if card is None or card.access is not AccessLevel.METERED:
        return None
    return {
        "publisher_id": answered.publisher_id,
        "meter_id": profile.meter_for(card.section).id,
        "holder": holders.of(profile, card.section, answered.counted_as),
        "is_reader": answered.reader_id is not None,
        "article_id": card.id,
        "outcome": rules.outcome_of(answered.decision),
        "referrer_host": referrer_host(answered.referrer),
        "at": int(answered.at.timestamp()),
    }


def count_view(answered: Answered, counts: Counts) -> None:
    """Count a view for its article and where its reader came from."""
    day, host = answered.at.astimezone(UTC).date(), referrer_host(answered.referrer)
    walls = int(answered.decision.reason in rules.WALLS)
    counts.add(answered.publisher_id, day, answered.article_id, host, views=1, walls=walls)
