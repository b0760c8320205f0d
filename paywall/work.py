"""Work that is nobody's request: billing events, mails, webhooks, sweeps; while serving, or in `paywall worker`.

Each has a thread of its own, so that a slow mail server never keeps a payment waiting. What is due by the rules of
billing goes by business time: the threads look every few seconds, so a clock that is turned is noticed at once.
"""

import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from paywall import changes, clock, mailer
from paywall.admin.acting.bulk.carrying_out import carry_on as carry_acts_on
from paywall.admin.acting.money import unanswered
from paywall.background import Background, Job
from paywall.billing.changing.cancelling import carry_out_cancellations
from paywall.billing.dunning.reminders import send_due
from paywall.billing.parts import Billing
from paywall.billing.reconciling.sweeping import compare_if_due, sweep
from paywall.billing.webhooks.drain import DrainThread
from paywall.business.keeping.catching_up import catch_up_all
from paywall.database import Database
from paywall.entitlements.history.ending import note_ends
from paywall.importing.carrying_out.carrying_on import carry_on
from paywall.jobs import Watch
from paywall.readership.forgetting import erasing
from paywall.readership.replaying import working
from paywall.settings import Settings
from paywall.staff import acts, invitations
from paywall.telling import sweeping as telling
from paywall.telling.lanes import Lane, lanes
from paywall.telling.parts import make_telling

MAIL_SECONDS = 2
LOOK_SECONDS = 2
SWEEP_SECONDS = 5 * 60
FORGET_SECONDS = 6 * 60 * 60
FIGURES_SECONDS = 15
WATCH_SECONDS = 60
_MINUTE, _SWEEP = timedelta(minutes=1), timedelta(minutes=5)


class Rhythm:
    """Does something whenever so much business time has passed since the last time, and at once at the first."""

    def __init__(self, every: timedelta, run: Callable[[datetime], object]) -> None:
        self._every, self._run = every, run
        self._last: datetime | None = None

    def __call__(self) -> None:
        """Do it if it is due; what fails is due again after the same time."""
        now = clock.now()
        if self._last is None or now - self._last >= self._every:
            self._last = now
            self._run(now)


@dataclass(slots=True)
class Work:
    """The threads that work; `billing` is None where nothing is sold."""

    settings: Settings
    database: Database
    billing: Billing | None
    _threads: list[Background | DrainThread | Lane] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Start every thread; returns at once."""
        self._stopping.clear()
        self._threads = [
            Background([Job("mails", MAIL_SECONDS, self._send_mails)]),
            Background([Job("replays", working.LOOK_SECONDS, self._work_at_replays)]),
            Background([Job("changes", SWEEP_SECONDS, self._forget_changes)]),
            Background([Job("acts on many", LOOK_SECONDS, self._carry_acts_on)]),
            Background([Job("unanswered acts", WATCH_SECONDS, self._watch_acts)]),
            Background([Job("imports", LOOK_SECONDS, self._carry_imports_on)]),
            Background([Job("ends of access", LOOK_SECONDS, self._note_ends)]),
            Background([Job("old events", FORGET_SECONDS, self._forget_events)]),
            Background([Job("figures", FIGURES_SECONDS, self._catch_up_figures)]),
            *lanes(make_telling(self.settings, self.database)),
            *(self._of_billing(self.billing) if self.billing else []),
        ]
        watch = Watch(self.database)
        for thread in self._threads:
            thread.have_watched(watch.over)
            thread.start()

    def stop(self) -> None:
        """End after what is being worked on; what is left is taken up by the next to start."""
        self._stopping.set()
        for thread in self._threads:
            thread.stop()
        self._threads = []

    def run_until_stopped(self) -> None:
        """Work until SIGTERM or Ctrl-C."""
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        self.start()
        stopped.wait()
        self.stop()

    def _of_billing(self, billing: Billing) -> list[Background | DrainThread]:
        sweeping = Rhythm(_SWEEP, lambda now: sweep(billing, now, clock.wall()))
        comparing = Rhythm(_MINUTE, lambda now: compare_if_due(billing, now, self._stopping))
        reminding = Rhythm(_MINUTE, lambda now: send_due(billing, now))
        cancelling = Rhythm(_MINUTE, lambda now: carry_out_cancellations(billing, now))
        return [
            DrainThread(billing),
            Background([Job("sweep", LOOK_SECONDS, sweeping)]),
            Background([Job("comparison", LOOK_SECONDS, comparing)]),
            Background([Job("reminders", LOOK_SECONDS, reminding), Job("cancellations", LOOK_SECONDS, cancelling)]),
        ]

    def _send_mails(self) -> None:
        mailer.drain_outbox(self.database, self.settings)

    def _note_ends(self) -> None:
        note_ends(self.database, clock.now())

    def _catch_up_figures(self) -> None:
        catch_up_all(self.database, clock.wall(), self._stopping.is_set)

    def _work_at_replays(self) -> None:
        working.work_off(self.database, self._stopping.is_set)

    def _forget_events(self) -> None:
        with self.database.writing() as session:
            telling.sweep(session, clock.wall())

    def _watch_acts(self) -> None:
        with self.database.writing() as session:
            unanswered.watch(session, clock.wall())

    def _carry_acts_on(self) -> None:
        carry_acts_on(self.database, self._stopping.is_set)

    def _carry_imports_on(self) -> None:
        erase = erasing(self.settings.secret_key)
        carry_on(self.database, self.settings.base_url, erase, self._stopping.is_set)

    def _forget_changes(self) -> None:
        with self.database.writing() as session:
            changes.sweep(session, clock.wall())
            acts.forget_old(session, clock.wall())
            invitations.forget_old(session, clock.wall())
