"""The one use case of the gate: telling whether this person may read this article now.

Whoever asks (our own wall, an API, a command) asks here, and gets the same words.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from paywall.articles.rules import ArticleCard
from paywall.errors import DatabaseUnavailable
from paywall.gate.crawlers.rules import Crawler, gets
from paywall.gate.decide import NEEDS_METER, Case, first_step, is_open_to_all, second_step
from paywall.gate.decision import Decision, Extent, Reason
from paywall.gate.metering import GateMeter, Question
from paywall.gate.passes import Pass
from paywall.gate.rights import NO_RIGHT, Right
from paywall.gate.terms import Terms, TermsBook
from paywall.publishers.rules import Profile


class Who(NamedTuple):
    """Somebody at the gate: a reader, or a visitor known by a token (or about to be)."""

    counted_as: str
    """The meter's name for them: `r7`, or `v` and the visitor's id."""
    reader_id: int | None = None
    right: Right | None = None
    """None: not asked yet."""
    is_uncertain: bool = False
    """The database could not be asked who this is."""
    network: Callable[[], str] | None = None
    """Gives the keyed hash of a visitor's network and browser."""
    known: Pass | None = None
    """What a pass says of the reader, where one was shown or has just been minted."""
    proof: Reason | None = None
    """Why a signed pass, shown for this article, opens it."""
    crawler: Crawler | None = None
    """The crawler that this is, verified: it is never counted."""


class Access(NamedTuple):
    """The answer: the decision, whether a view was taken for it, and what was down (nothing, `meter`, `database`)."""

    decision: Decision
    took_a_view: bool = False
    degraded: str = ""


class Gate:
    """Decides. `read_right(publisher_id, reader_id, now)` asks the database, and may raise DatabaseUnavailable."""

    def __init__(self, meter: GateMeter, read_right: Callable[[int, int, datetime], Right]) -> None:
        self.meter = meter
        self.terms = TermsBook()
        self._read_right = read_right

    def check_access(self, profile: Profile, card: ArticleCard, who: Who, *, counts: bool, now: datetime) -> Access:
        """Decide whether `who` may read the article of `card`, which belongs to `profile`, at business time `now`.

        With `counts` false, as for crawlers, nothing is spent, and only what is open, or was opened already, opens.
        """
        counts = counts and who.crawler is None
        terms = self.terms.of(profile, card.section)
        case = self.case_of(terms, card, who, now)
        degraded = "database" if case.is_uncertain else ""
        first = first_step(case)
        if first is not NEEDS_METER:
            return Access(first, degraded=degraded)
        network = who.network if who.reader_id is None else None
        asked = Question(terms, who.counted_as, card.key, case.allowance, now, counts, network)
        said, is_degraded = self.meter.ask(asked)
        decision = second_step(
            case,
            opened=said.opened,
            newly=said.newly,
            counts=counts,
            views_used=said.views_used,
            resets_at=said.resets_at,
        )
        return Access(decision, said.newly, "meter" if is_degraded else degraded)

    def case_of(self, terms: Terms, card: ArticleCard, who: Who, now: datetime) -> Case:
        """Gather what the rules look at; the database is asked only where it can matter."""
        level, lifted = card.level(now), terms.wall_is_lifted(now)
        right, is_uncertain = who.right or NO_RIGHT, who.is_uncertain
        is_known = who.proof is not None or is_open_to_all(level, wall_is_lifted=lifted)
        if who.right is None and who.reader_id is not None and not is_known:
            try:
                right = self._read_right(terms.profile.id, who.reader_id, now)
            except DatabaseUnavailable:
                is_uncertain = True
        is_registered = who.reader_id is not None
        return Case(
            level,
            terms.reader_allowance if is_registered else terms.visitor_allowance,
            right.standing,
            right.is_suspended,
            is_registered,
            right.is_staff,
            lifted,
            terms.registration_wall,
            is_uncertain,
            right.owes,
            who.proof,
            who.crawler is not None and gets(who.crawler, terms.profile.crawlers) is Extent.FULL,
        )

    def unite(self, profile: Profile, source: str, target: str, now: datetime) -> bool:
        """Add the source's views to the target's on every meter of the publisher; returns whether all were asked."""
        sections = ("", *(section.slug for section in profile.sections))
        meters = {terms.counted_as(""): terms for terms in (self.terms.of(profile, slug) for slug in sections)}
        return all(self.meter.unite(terms, source, target, now) for terms in meters.values())
