"""What may be asked of the list, as a value that has been checked."""

from dataclasses import dataclass, field
from enum import StrEnum

from paywall.admin.subscribers.asking.cursor import Cursor
from paywall.admin.subscribers.asking.sorts import Sort
from paywall.admin.subscribers.asking.spans import Span
from paywall.billing.subscriptions.status import Status
from paywall.entitlements.rules import Source

USUAL_PAGE = 50
NOBODY = "none"
"""The source of those whom nothing lets in."""


class Sign(StrEnum):
    """Something about a reader that somebody should look at."""

    IN_GRACE = "in_grace"
    PAYS_TWICE = "pays_twice"
    SHARES = "shares"


@dataclass(frozen=True, slots=True)
class Question:
    """Which readers, in which order, from where on. What is None or empty does not narrow the list."""

    text: str = ""
    """As typed, without blanks around it."""
    status: Status | None = None
    plan: str | None = None
    """A plan's slug."""
    currency: str | None = None
    joined: Span = field(default_factory=Span)
    ends: Span = field(default_factory=Span)
    """When the last of a reader's rights to read ends."""
    source: Source | None = None
    """What lets the reader in now."""
    is_shut_out: bool = False
    """Nothing lets the reader in now."""
    sign: Sign | None = None
    sort: Sort = Sort.NEWEST
    cursor: Cursor | None = None
    per_page: int = USUAL_PAGE

    @property
    def shows_only_what_is_to_end(self) -> bool:
        """True where the list begins with whose access ends next: what ended years ago is no part of that."""
        return self.sort is Sort.ENDS_FIRST and self.ends.is_open
