"""HTTP as bytes: what clients that keep no rules can send."""

import re
import socket
import time
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """What came back until the server closed the connection."""

    raw: bytes

    @property
    def status(self) -> int:
        """The status of the first answer, 0 if there was none."""
        found = re.match(rb"HTTP/1\.[01] (\d{3})", self.raw)
        return int(found[1]) if found else 0

    def header(self, name: str) -> str:
        """A header of the first answer, empty if it has none."""
        found = re.search(rb"\r\n" + name.encode() + rb": ([^\r]*)", self.raw.partition(b"\r\n\r\n")[0], re.IGNORECASE)
        return found[1].decode("latin-1") if found else ""


@dataclass(frozen=True)
class Wire:
    """A way to a server on this machine."""

    port: int

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def send(self, *pieces: bytes, pause: float = 0) -> Answer:
        """Send bytes as they are, with a pause after each piece, and read until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause)
            return Answer(b"".join(iter(lambda: connection.recv(65536), b"")))

    def ask(self, target: str, method: str = "GET", host: str | None = None, lines: tuple[str, ...] = ()) -> Answer:
        """Send one request; target, method, host and further header lines are not looked at."""
        own = self.host if host is None else host
        head = (f"{method} {target} HTTP/1.1", f"Host: {own}", "Connection: close", *lines)
        return self.send("\r\n".join((*head, "", "")).encode("latin-1"))

    def drip(self, target: str, length: int) -> Answer:
        """Send a request whose body has a byte each second, until the server closes or has it all."""
        head = f"POST {target} HTTP/1.1\r\nHost: {self.host}\r\nContent-Length: {length}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
            connection.sendall(head.encode())
            for _ in range(length):
                connection.sendall(b"a")
                with suppress(TimeoutError):
                    return Answer(connection.recv(65536))
        return Answer(b"")
