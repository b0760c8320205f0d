"""The words of this room: outcomes as small numbers, the steps behind a wall, which article an address speaks of."""

from enum import StrEnum
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from paywall.gate.decision import OPENING, Decision, Reason

OUTCOMES: Final = (
    Reason.METERED,
    Reason.METER_USED_UP,
    Reason.SUBSCRIPTION_REQUIRED,
    Reason.REGISTRATION_REQUIRED,
    Reason.SUSPENDED,
    Reason.FREE_ARTICLE,
    Reason.REGISTERED,
    Reason.SUBSCRIBED,
    Reason.TRIALING,
    Reason.IN_GRACE,
    Reason.PAID_THROUGH,
    Reason.COMP,
    Reason.GIFT,
    Reason.SEAT,
    Reason.INSTITUTION,
    Reason.GIFT_LINK,
    Reason.VERIFIED_CRAWLER,
    Reason.STAFF,
    Reason.METER_UNAVAILABLE,
    Reason.DATABASE_UNAVAILABLE,
)
"""A stored outcome is the place of its reason in here: add at the end, never move one."""
_NUMBER: Final = {reason: number for number, reason in enumerate(OUTCOMES)}
WALLS: Final = frozenset(
    {Reason.METER_USED_UP, Reason.SUBSCRIPTION_REQUIRED, Reason.REGISTRATION_REQUIRED, Reason.SUSPENDED}
)
"""The reasons of a wall. An article that stays shut because something was down shows none: it asks to try again."""
NOT_READERSHIP: Final = frozenset({Reason.VERIFIED_CRAWLER, Reason.STAFF})
"""Views that are nobody's readership."""
_WAYS_ON: Final = frozenset({"/subscribe", "/login", "/signup"})
_ARTICLES: Final = "/articles/"
_DEEPEST: Final = 4


class Step(StrEnum):
    """What may follow a wall, in this order."""

    SIGN_UP = "sign_up"
    CHECKOUT = "checkout"
    PAID = "paid"


class Dimension(StrEnum):
    """What the counts of a day are kept by."""

    ARTICLE = "article"
    REFERRER = "referrer"
    LOST = "lost"  # views that were not written


def outcome_of(decision: Decision) -> int:
    """Return the number under which a decision is stored."""
    return _NUMBER[decision.reason]


def number_of(reason: Reason) -> int:
    """Return the number under which a reason is stored."""
    return _NUMBER[reason]


def is_wall(outcome: int) -> bool:
    """Tell whether a stored outcome was a wall."""
    return OUTCOMES[outcome] in WALLS


def is_open(outcome: int) -> bool:
    """Tell whether a stored outcome opened the article."""
    return OUTCOMES[outcome] in OPENING


def address_behind(goal: str) -> str:
    """Return the address that a way on leads back to: `/subscribe?next=/articles/a` leads to `/articles/a`."""
    for _ in range(_DEEPEST):
        try:
            parts = urlsplit(goal)
        except ValueError:
            return ""
        if parts.netloc or parts.path not in _WAYS_ON:
            return goal
        goal = parse_qs(parts.query).get("next", [""])[0]
    return ""


def slug_in(address: str) -> str | None:
    """Return the slug of the article page on this host that an address names; None where it is another page."""
    path = address.partition("?")[0].partition("#")[0]
    slug = unquote(path.removeprefix(_ARTICLES))
    return slug if path.startswith(_ARTICLES) and slug and "/" not in slug else None
