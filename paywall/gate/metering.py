"""Asking the meter, and what happens while its store is down: views are counted in this process's memory, capped."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from structlog import get_logger

from paywall.gate.pause import Pause
from paywall.gate.terms import Terms
from paywall.meter.engines import open_store
from paywall.meter.store import Admission, MeterStore, MeterUnavailable, NetworkLine

log = get_logger()


class Question(NamedTuple):
    """One question to the meter: who, which article, on whose terms."""

    terms: Terms
    who: str
    article: str
    allowance: int
    now: datetime
    counts: bool
    network: Callable[[], str] | None
    """Gives the keyed hash of the network and browser, for visitors; asked for only when a view is to be taken."""


class GateMeter:
    """The meter as the gate asks it. Safe to share between threads."""

    def __init__(self, store: MeterStore) -> None:
        self._store = store
        self._memory = open_store("memory://")
        self._pause = Pause()
        self.degraded_views = 0
        """Views that were opened while only memory counted."""

    def ask(self, question: Question) -> tuple[Admission, bool]:
        """Return what the meter says, and whether it was memory that had to say it."""
        if self._pause.is_on():
            return self._ask_memory(question), True
        try:
            return _ask(self._store, question, is_degraded=False), False
        except MeterUnavailable as failure:
            self._note(failure)
            return self._ask_memory(question), True

    def unite(self, terms: Terms, source: str, target: str, now: datetime) -> bool:
        """Add the source's views to the target's; returns whether the store did."""
        if self._pause.is_on():
            return False
        try:
            self._store.unite(terms.counted_as(source), terms.counted_as(target), terms.window(now))
        except MeterUnavailable as failure:
            self._note(failure)
            return False
        return True

    def _ask_memory(self, question: Question) -> Admission:
        said = _ask(self._memory, question, is_degraded=True)
        self.degraded_views += said.newly
        return said

    def _note(self, failure: MeterUnavailable) -> None:
        self._pause.begin()
        log.warning("meter unavailable, counting in memory", cause=type(failure.__cause__).__name__)


def _ask(store: MeterStore, question: Question, *, is_degraded: bool) -> Admission:
    """Read first: who re-reads, or is past the allowance, costs one look and nothing else."""
    terms = question.terms
    key, window = terms.counted_as(question.who), terms.window(question.now)
    said = store.peek(key, question.article, window)
    if said.opened or not question.counts or said.views_used >= question.allowance:
        return said
    network = _network_line(question, is_degraded=is_degraded)
    return store.admit(key, question.article, question.allowance, window, network=network)


def _network_line(question: Question, *, is_degraded: bool) -> NetworkLine | None:
    cap = question.terms.network_cap(is_degraded=is_degraded)
    network = question.network
    if network is None and is_degraded and question.who.startswith("v"):
        network = _nobody_told  # another site's visitors: while memory alone counts they share one line
    if cap is None or network is None:
        return None
    return NetworkLine(question.terms.counted_as(f"n{network()}"), cap)


def _nobody_told() -> str:
    return "untold"
