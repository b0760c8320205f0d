"""What a process does to the world, step by step: statements, commits, requests to Stripe; ended before any of them.

A process that is killed does nothing more, whatever its code says in `finally`: after the end each further step ends
it again. Only the thread that plays is counted.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from unittest.mock import patch

from sqlalchemy import event

from tests.proof.stage import Stage

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


class ProcessEnds(BaseException):
    """The process is killed; no `except Exception` stands in the way."""


@dataclass
class Steps:
    """Counts steps; ends the process before step `ends_before`, or loses the answer to call `loses`. Both from 1."""

    ends_before: int = 0
    loses: int = 0
    taken: list[str] = field(default_factory=list)
    calls: int = 0
    struck_at: str = ""
    """The step that never came, or whose answer was lost; empty as long as nothing has happened."""
    _thread: int = field(default_factory=threading.get_ident)

    def take(self, what: str) -> None:
        """Note one step, or end the process instead."""
        if threading.get_ident() != self._thread:
            return
        if self.ends_before and self.struck_at:
            raise ProcessEnds(what)
        self.taken.append(what)
        if len(self.taken) == self.ends_before:
            self.struck_at = what
            raise ProcessEnds(what)

    def lose_answer(self, what: str) -> None:
        """Note that a request was answered; an OSError where the answer gets lost on its way."""
        self.calls += 1
        if self.calls == self.loses:
            self.struck_at = what
            raise OSError("the answer is lost")


@contextmanager
def counted(stage: Stage, steps: Steps) -> Iterator[Steps]:
    """Count what the present process does inside the block, and strike where `steps` says."""
    engine = stage.shop.database.engine

    def before_statement(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        steps.take(" ".join(statement.split())[:60])

    def before_commit(_connection: object) -> None:
        steps.take("COMMIT")

    event.listen(engine, "before_cursor_execute", before_statement)
    event.listen(engine, "commit", before_commit)
    try:
        with patch.object(stage.shop.transport, "_application", _watched(stage.shop.sandbox.wsgi, steps)):
            yield steps
    finally:
        event.remove(engine, "before_cursor_execute", before_statement)
        event.remove(engine, "commit", before_commit)


def _watched(
    application: Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]], steps: Steps
) -> Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]]:
    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        steps.take(asked)
        found = application(environ, start_response)
        steps.lose_answer(asked)
        return found

    return answer
