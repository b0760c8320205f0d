"""Work that a process does beside answering: one thread that runs each job every so many seconds."""

import os
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

from structlog import get_logger

log = get_logger()


Over = Callable[[str, Callable[[], object]], Callable[[], object]]
"""Puts a watch over a job, by its name: `paywall.jobs.Watch.over`."""


class Job(NamedTuple):
    """Something to be done every so many seconds, counted from the end of its last run."""

    name: str
    seconds: float
    run: Callable[[], object]


class Background:
    """One daemon thread in each process that serves. A job that fails is logged, and tried again when it is due."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = list(jobs)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._process = 0

    def add(self, job: Job) -> None:
        """Have another job run; takes effect at the next start."""
        self._jobs.append(job)

    def have_watched(self, over: Over) -> None:
        """Have the end of each job noted, good or bad; to be said before the start."""
        self._jobs = [Job(one.name, one.seconds, over(one.name, one.run)) for one in self._jobs]

    def start(self) -> None:
        """Start this process's thread, if it does not run yet. A forked child starts its own."""
        with self._lock:
            if self._process == os.getpid():
                return
            self._process = os.getpid()
            self._stopping = threading.Event()
            self._thread = threading.Thread(target=self.run, name="background", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop the thread and wait until the job it is at has ended."""
        self.request_stop()
        if self._thread is not None and self._process == os.getpid():
            self._thread.join()
        self._process = 0

    def request_stop(self) -> None:
        """Ask the thread to end after the job it is at; returns at once, also from a signal handler."""
        self._stopping.set()

    def run(self) -> None:
        """Run the jobs in this thread until `stop` is called."""
        due_in = dict.fromkeys(range(len(self._jobs)), 0.0)
        while not self._stopping.is_set():
            pause = min(due_in.values(), default=1.0)
            if pause > 0 and self._stopping.wait(pause):
                return
            for number in due_in:
                due_in[number] -= pause
                if due_in[number] <= 0:
                    _guarded(self._jobs[number])
                    due_in[number] = self._jobs[number].seconds


def leave_ctrl_c_to_the_parent() -> None:
    """Take this serving process out of the terminal's group: its parent ends it, once and in order.

    Told twice at the same moment, by the terminal and by its parent, a serving process sometimes never ended.
    """
    os.setpgrp()


def _guarded(job: Job) -> None:
    try:
        job.run()
    except Exception:
        log.exception("background job failed", job=job.name)
