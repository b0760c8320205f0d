"""The answer of the gate: never a bare yes or no. The closed lists of its words are here and nowhere else."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Extent(StrEnum):
    """How much of an article may leave the server."""

    __hash__ = str.__hash__  # a tenth of what Enum's own takes, on every request

    FULL = "full"
    PREVIEW = "preview"


class Reason(StrEnum):
    """Why."""

    __hash__ = str.__hash__  # a tenth of what Enum's own takes, on every request

    FREE_ARTICLE = "free_article"
    REGISTERED = "registered"
    SUBSCRIBED = "subscribed"
    TRIALING = "trialing"
    IN_GRACE = "in_grace"
    PAID_THROUGH = "paid_through"
    COMP = "comp"
    GIFT = "gift"
    SEAT = "seat"
    INSTITUTION = "institution"
    METERED = "metered"
    GIFT_LINK = "gift_link"
    VERIFIED_CRAWLER = "verified_crawler"
    STAFF = "staff"
    METER_USED_UP = "meter_used_up"
    REGISTRATION_REQUIRED = "registration_required"
    SUBSCRIPTION_REQUIRED = "subscription_required"
    SUSPENDED = "suspended"
    METER_UNAVAILABLE = "meter_unavailable"
    DATABASE_UNAVAILABLE = "database_unavailable"


OPENING = frozenset(Reason) - {
    Reason.METER_USED_UP,
    Reason.REGISTRATION_REQUIRED,
    Reason.SUBSCRIPTION_REQUIRED,
    Reason.SUSPENDED,
    Reason.METER_UNAVAILABLE,
    Reason.DATABASE_UNAVAILABLE,
}
"""The reasons for which an article is open."""


class Prompt(StrEnum):
    """What the page asks of the reader."""

    __hash__ = str.__hash__  # a tenth of what Enum's own takes, on every request

    NONE = "none"
    REGISTER = "register"
    LAST_FREE_ARTICLE = "last_free_article"
    SUBSCRIBE = "subscribe"
    UPDATE_PAYMENT = "update_payment"
    TRY_AGAIN = "try_again"


@dataclass(frozen=True, slots=True)
class Decision:
    """Extent, reason, prompt, and where a meter had a say: views left and when they return (aware UTC)."""

    extent: Extent
    reason: Reason
    prompt: Prompt = Prompt.NONE
    views_left: int | None = None
    resets_at: datetime | None = None
    is_registered: bool = False
    """Where the meter shut the article: whether it was an account's allowance, so that nobody is asked to make one."""
    header: str = field(init=False, repr=False, compare=False)
    """The value of the `Paywall-Decision` header: `full; reason=metered; left=2`."""
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # the few decisions there are live long, and are looked up by and sent on every request
        parts = (self.extent, self.reason, self.prompt, self.views_left, self.resets_at, self.is_registered)
        object.__setattr__(self, "_hash", hash(parts))
        left = "" if self.views_left is None else f"; left={self.views_left}"
        object.__setattr__(self, "header", f"{self.extent}; reason={self.reason}{left}")

    def __hash__(self) -> int:
        return self._hash

    @property
    def is_full(self) -> bool:
        """True where the whole text may be shown."""
        return self.extent is Extent.FULL


class ArticleName(NamedTuple):
    """Which article a page shows: by the publisher's id (on our own pages: the slug), else by the page's address."""

    id: str
    """Empty where the page says none."""
    url: str = ""
    """The canonical address that the page says, else the one that was asked for; empty on our own pages."""


class WayOn(NamedTuple):
    """A link of an invitation: its label, where it leads, and what is said before it ("Already subscribe?")."""

    label: str
    url: str
    before: str = ""


class Invitation(NamedTuple):
    """What stands where a preview ends, for pages of other sites: sentences, a button, links beside it."""

    headline: str
    text: str
    button: WayOn | None = None
    beside: tuple[WayOn, ...] = ()


class Verdict(NamedTuple):
    """All that the wall is told about one request for an article.

    `article_id`, `version` and `language` name the page, so that the wall may keep what was rendered for the decision;
    they are 0 and empty from afar, where nothing is. `cookies` are Set-Cookie values that go with the answer;
    `degraded` names what was down: nothing, `meter`, `database` or, from afar, `service`; `invitation` is for pages
    that do not make their own. A named tuple: one is made for each request, and that takes a fifth of what a frozen
    dataclass takes.
    """

    decision: Decision
    article_id: int
    version: str
    language: str
    cookies: tuple[str, ...] = ()
    degraded: str = ""
    invitation: Invitation | None = None
