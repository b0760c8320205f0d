"""Waiting for something no longer than one wants: it is done in another thread, which is left to itself if it hangs."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def begin(work: Callable[[], T], name: str) -> "Future[T]":
    """Begin the work in a thread of its own; the future then holds what it returns or raises."""
    found: Future[T] = Future()
    Thread(target=_fulfil, args=(found, work), name=name, daemon=True).start()
    return found


def _fulfil(found: "Future[T]", work: Callable[[], T]) -> None:
    try:
        found.set_result(work())
    except BaseException as error:  # noqa: BLE001 - raised where the result is waited for
        found.set_exception(error)
