"""From people whom another site names to an answer: the same decision as at our own wall, and a pass to show for it."""

from datetime import datetime
from typing import NamedTuple

from paywall import clock
from paywall.articles.rules import ArticleCard
from paywall.entitlements.rules import Standing
from paywall.errors import DatabaseUnavailable
from paywall.gate.access import Gate, Who
from paywall.gate.decision import Decision, Reason
from paywall.gate.events import Answered, EventBuffer
from paywall.gate.named.people import Met
from paywall.gate.signed_passes.mint import Holder, Minted, PassMint
from paywall.gate.signed_passes.rules import EVERYTHING, LIFE_SECONDS
from paywall.gate.signed_passes.sealing import Session
from paywall.publishers.rules import Profile

OPENS_EVERYTHING = frozenset({Reason.STAFF, *(Reason(standing) for standing in Standing)})


class Told(NamedTuple):
    """All that another site is told about one question."""

    decision: Decision
    is_registered: bool
    degraded: str
    signed_pass: Minted | None
    cookies: tuple[str, ...]
    """Set-Cookie values, for a browser that asked itself."""


class RemoteCheck:
    """Answers for people who are not in front of us. Safe to share between threads."""

    def __init__(self, gate: Gate, events: EventBuffer, mint: PassMint) -> None:
        self._gate, self._events, self._mint = gate, events, mint

    def __call__(  # noqa: PLR0913 - one question has so many parts
        self, profile: Profile, card: ArticleCard, met: Met, *, counts: bool, referrer: str, now: datetime
    ) -> Told:
        """Decide whether somebody may read an article that is there at business time `now`.

        With `counts` false nothing is spent or noted, and no pass is given.
        """
        who = met.who
        takes_views = counts and not met.is_nobody
        decision, took_a_view, degraded = self._gate.check_access(profile, card, who, counts=takes_views, now=now)
        cookies = (*met.cookies, met.visitor_cookie) if took_a_view and met.visitor_cookie else met.cookies
        if not counts:
            return Told(decision, who.reader_id is not None, degraded, None, cookies)
        if self._events.has_room():
            crawler = None if who.crawler is None else who.crawler.name
            noted = Answered(profile.id, card.id, who.reader_id, who.counted_as, decision, referrer, now, crawler, card)
            self._events.note(noted)
        signed = self._pass_for(profile, card, who, decision, now) if decision.is_full and not who.proof else None
        return Told(decision, who.reader_id is not None, degraded, signed, cookies)

    def _pass_for(
        self, profile: Profile, card: ArticleCard, who: Who, decision: Decision, now: datetime
    ) -> Minted | None:
        """Return a pass for what was opened; None while the keys that sign it can't be read.

        An article that is called like all of them together gets none: its pass would open the others, too.
        """
        opens_everything = decision.reason in OPENS_EVERYTHING
        if card.key == EVERYTHING and not opens_everything:
            return None
        article = EVERYTHING if opens_everything else card.key
        holder = Holder(who.counted_as, article, decision.reason, _session(who), _open_seconds(who, article, now))
        try:
            return self._mint.mint(profile, holder, clock.wall())
        except DatabaseUnavailable:
            return None


def _session(who: Who) -> Session | None:
    known = who.known
    return Session(known.reader_id, known.sign_in_id, known.access_number) if known else None


def _open_seconds(who: Who, article: str, now: datetime) -> int:
    """Return for how long a pass for everything may open everything: it never outlives the right it stands for."""
    known = who.known
    if article != EVERYTHING or known is None or not known.opens_everything(now.timestamp()) or known.is_staff:
        return LIFE_SECONDS
    return min(LIFE_SECONDS, max(int(known.open_until - now.timestamp()), 1))
