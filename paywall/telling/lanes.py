"""The threads that tell: one lane for endpoints that answer quickly, one for those that don't.

Each lane has so many deliveries under way and no more, and each endpoint a few of those; whoever keeps the quick lane
waiting goes on beside it. So endpoints that hang, however many they are, only ever stand in each other's way.

A lane keeps its deliveries claimed while it lives. Killed at any moment, what it was at is taken up by another within
seconds, and may be delivered twice, under the same id.
"""

import time
from collections.abc import Callable
from threading import Event, Thread

from structlog import get_logger

from paywall import clock
from paywall.background import Over
from paywall.telling import claiming, rules
from paywall.telling.attempting import attempt
from paywall.telling.claiming import Claim
from paywall.telling.crew import Crew
from paywall.telling.parts import Telling
from paywall.telling.passing_on import pass_on

log = get_logger()
ROUND_SECONDS = 1.0
BEAT_SECONDS = 2.0
UNDER_WAY = 16
"""Deliveries under way in one lane of one process."""


class Lane:
    """One lane of one process; `slow` says which. Rounds begin each second, and whenever a delivery has ended."""

    def __init__(self, telling: Telling, *, slow: bool, under_way: int = UNDER_WAY) -> None:
        self._telling, self._slow, self._most = telling, slow, under_way
        self._do_round: Callable[[], object] = self._round
        self._crew = Crew()
        self._stopped, self._wake = Event(), Event()
        self._beat_at = time.monotonic()
        self._thread = Thread(target=self._run, name="telling", daemon=True)

    def have_watched(self, over: Over) -> None:
        """Have the end of each round noted, good or bad; to be said before the start."""
        self._do_round = over(f"webhooks, {'slow' if self._slow else 'quick'} lane", self._round)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self, seconds: float = 5) -> None:
        """Take nothing more, and wait so long for what is under way: what is left is delivered again by the next."""
        self._stopped.set()
        self._wake.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._wake.clear()  # before the work: what ends meanwhile begins the next round
            try:
                self._do_round()
            except Exception:  # the database may be away for a while: the lane outlives that
                log.exception("round of telling failed")
            self._wake.wait(ROUND_SECONDS)
        while self._crew.claims():
            self._wake.wait(ROUND_SECONDS)
            self._wake.clear()

    def _round(self) -> None:
        if not self._slow:
            pass_on(self._telling.database)
            self._make_room()
        self._beat()
        for one in self._claim():
            self._set_out(one)

    def _make_room(self) -> None:
        """Have those who keep us waiting go on beside the lane, and their endpoints queue in the slow one from now."""
        late = self._crew.set_aside(rules.SLOW.total_seconds(), self._most)
        if late:
            with self._telling.database.writing() as session:
                claiming.mark_slow(session, {one.endpoint_id for one in late})

    def _beat(self) -> None:
        """Say that what is under way is still being worked on."""
        if time.monotonic() - self._beat_at < BEAT_SECONDS:
            return
        self._beat_at = time.monotonic()
        claims = self._crew.claims()
        if claims:
            with self._telling.database.writing() as session:
                claiming.extend(session, claims, clock.wall())

    def _claim(self) -> list[Claim]:
        room, now = self._most - self._crew.in_lane(), clock.wall()
        if room <= 0:
            return []
        with self._telling.database.reading() as session:
            if not claiming.is_anything_due(session, now, slow=self._slow):
                return []
        with self._telling.database.writing() as session:
            return claiming.claim(session, now, room, slow=self._slow, busy=self._crew.busy())

    def _set_out(self, claim: Claim) -> None:
        self._crew.add(claim)
        Thread(target=self._attempt, args=(claim,), name="telling one", daemon=True).start()

    def _attempt(self, claim: Claim) -> None:
        try:
            attempt(self._telling, claim)
        except Exception:  # what could not be noted is tried again when its claim has run out
            log.exception("delivery failed", delivery=claim.delivery_id)
        finally:
            self._crew.remove(claim)
            self._wake.set()


def lanes(telling: Telling) -> list[Lane]:
    """Return the two lanes of a process."""
    return [Lane(telling, slow=False), Lane(telling, slow=True)]


def tell_once(telling: Telling) -> int:
    """Pass on what is new and try what is due, one after the other; returns how many attempts were made."""
    while pass_on(telling.database):
        pass
    tried = 0
    for slow in (False, True):
        while claims := _claim_one(telling, slow=slow):
            tried += len([attempt(telling, one) for one in claims])
    return tried


def _claim_one(telling: Telling, *, slow: bool) -> list[Claim]:
    with telling.database.writing() as session:
        return claiming.claim(session, clock.wall(), 1, slow=slow)
