"""Sees every connection that this process tries to make, and lets only those through that a test has allowed."""

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Guard:
    """What was tried: the address and port of every stream connection, in order."""

    tried: list[tuple[str, int]] = field(default_factory=list)
    allowed: set[int] = field(default_factory=set)
    """Ports on this machine."""

    def __call__(self, place: tuple[Any, ...]) -> None:
        self.tried.append((str(place[0]), int(place[1])))
        if place[1] not in self.allowed or place[0] not in ("127.0.0.1", "::1"):
            raise OSError(errno.ENETUNREACH, "kept back by the test")


@contextmanager
def guarded() -> Iterator[Guard]:
    """Stand in front of every socket of this process."""
    guard, plain = Guard(), socket.socket.connect

    def connect(ours: socket.socket, place: Any) -> None:
        if ours.family in (socket.AF_INET, socket.AF_INET6) and ours.type & socket.SOCK_STREAM:
            guard(place)
        plain(ours, place)

    socket.socket.connect = connect  # type: ignore[method-assign,assignment]
    try:
        yield guard
    finally:
        socket.socket.connect = plain  # type: ignore[method-assign]
