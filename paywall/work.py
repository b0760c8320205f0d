"""Work that is nobody's request: billing events, mails, sweeps. In a serving process, or in `paywall worker`.

Each has a thread of its own, so that a slow mail server never keeps a payment waiting.
"""

import signal
import threading
from dataclasses import dataclass, field

from paywall import changes, clock, mailer
from paywall.background import Background, Job
from paywall.billing.parts import Billing
from paywall.billing.syncing.reconcile import sweep
from paywall.billing.webhooks.drain import DrainThread
from paywall.database import Database
from paywall.settings import Settings

MAIL_SECONDS = 2
SWEEP_SECONDS = 5 * 60


@dataclass(slots=True)
class Work:
    """The threads that work; `billing` is None where nothing is sold."""

    settings: Settings
    database: Database
    billing: Billing | None
    _threads: list[Background | DrainThread] = field(default_factory=list)

    def start(self) -> None:
        """Start every thread; returns at once."""
        self._threads = [
            Background([Job("mails", MAIL_SECONDS, self._send_mails)]),
            Background([Job("sweep", SWEEP_SECONDS, self._sweep)]),
        ]
        if self.billing is not None:
            self._threads.append(DrainThread(self.billing))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after what is being worked on; what is left is taken up by the next to start."""
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

    def _send_mails(self) -> None:
        mailer.drain_outbox(self.database, self.settings)

    def _sweep(self) -> None:
        if self.billing is not None:
            sweep(self.billing, clock.now(), clock.wall())
        with self.database.writing() as session:
            changes.sweep(session, clock.wall())
