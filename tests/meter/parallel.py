"""Many callers at the same instant: threads behind a barrier, forked processes, and a call held between two others."""

import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from paywall.meter.store import Row, Rows

T = TypeVar("T")


def in_threads(count: int, work: Callable[[int], T]) -> list[T]:
    """Run `work(0)` … `work(count - 1)` in a thread each, all let go at once; return what they returned."""
    start = threading.Barrier(count)

    def wait_and_work(number: int) -> T:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(wait_and_work, range(count)))


def in_processes(count: int, work: Callable[[int], T]) -> list[T]:
    """Run `work(0)` … `work(count - 1)` in a forked process each, all let go at once; return what they returned."""
    fork = multiprocessing.get_context("fork")
    start, answers = fork.Barrier(count), fork.SimpleQueue()

    def wait_and_work(number: int) -> None:
        start.wait(timeout=30)
        try:
            answers.put(work(number))
        except Exception as failure:  # noqa: BLE001 - carried to the parent, which raises it
            answers.put(failure)

    processes = [fork.Process(target=wait_and_work, args=(number,)) for number in range(count)]
    for process in processes:
        process.start()
    results = [answers.get() for _ in processes]
    for process in processes:
        process.join()
    for failure in (result for result in results if isinstance(result, Exception)):
        raise failure
    return results


class HeldRows:
    """Rows whose next swap is held until `meanwhile` has run: somebody else always comes between."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.meanwhile: Callable[[], object] | None = None

    def read(self, row: Row) -> bytes | None:
        return self._rows.read(row)

    def swap(self, row: Row, old: bytes | None, new: bytes) -> bool:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        return self._rows.swap(row, old, new)

    def delete(self, holder: bytes) -> None:
        self._rows.delete(holder)

    def sweep(self, now: int) -> int:
        return self._rows.sweep(now)

    def ping(self) -> None:
        self._rows.ping()
