"""Workers that drain the inbox in processes of their own, all of them killed (SIGKILL) every so often."""

import gc
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.synchronize import Event
from typing import NoReturn, TypeAlias

from paywall.billing.webhooks.drain import drain_once
from tests.billing.stripe_world import World

Count: TypeAlias = "multiprocessing.sharedctypes.Synchronized[int]"
_PAUSE_SECONDS = 0.005


@contextmanager
def killed_workers(world: World, workers: int, kill_ms: int) -> Iterator[Count]:
    """Keep so many workers running, all killed every `kill_ms`; yields the number of kills so far.

    They are forked, with everything loaded that the caller has used: connections must be closed before.
    """
    fork = multiprocessing.get_context("fork")
    kills, stop = fork.Value("i", 0), fork.Event()
    killer = fork.Process(target=_kill_again_and_again, args=(world, workers, kill_ms, kills, stop))
    killer.start()
    try:
        yield kills
    finally:
        stop.set()
        killer.join(10)


def _kill_again_and_again(world: World, workers: int, kill_ms: int, kills: Count, stop: Event) -> None:
    gc.freeze()  # what is loaded is shared with every worker, and collecting it would copy it
    storm = os.getppid()
    while not stop.is_set() and os.getppid() == storm:
        alive = [_fork_worker(world) for _ in range(workers)]
        stop.wait(kill_ms / 1000)
        for pid in alive:
            os.kill(pid, signal.SIGKILL)
        for pid in alive:
            os.waitpid(pid, 0)
        kills.value += len(alive)
    os._exit(0)


def _fork_worker(world: World) -> int:
    killer = os.getpid()
    pid = os.fork()
    if pid == 0:
        _work_until_killed(world, killer)
    return pid


def _work_until_killed(world: World, killer: int) -> NoReturn:
    while os.getppid() == killer:
        with suppress(Exception):  # a worker outlives whatever the database does
            drain_once(world.billing)
        time.sleep(_PAUSE_SECONDS)
    os._exit(1)
