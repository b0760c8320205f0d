"""A connection that goes to the addresses it was given, whatever the name says by now, and never outlives its time."""

import ssl
import time
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore

from paywall.outgoing.addresses import Address

_TRIED = 3
"""How many of a name's addresses are tried."""


class Deadline:
    """A moment after which nothing is waited for any more."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self, at_most: float | None = None) -> float:
        """Return how many seconds are left, `at_most` so many; raises httpcore's ReadTimeout if none are."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time is over")
        return left if at_most is None else min(left, at_most)


class Pinned(httpcore.NetworkBackend):
    """Connects to one of the given addresses, the first that takes the connection; asks nobody for others."""

    def __init__(self, addresses: Sequence[Address], deadline: Deadline) -> None:
        self._addresses, self._deadline = addresses[:_TRIED], deadline
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - the name has been resolved
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Return a connection; raises httpcore's ConnectError or ConnectTimeout if none of the addresses takes it."""
        for address in self._addresses[:-1]:
            try:
                return self._connect(address, port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(self._addresses[-1], port, timeout)

    def _connect(self, address: Address, port: int, timeout: float | None) -> httpcore.NetworkStream:
        stream = self._backend.connect_tcp(str(address), port, self._deadline.left(timeout))
        return _Timed(stream, self._deadline)


class _Timed(httpcore.NetworkStream):
    """Gives each step no more time than is left for all of them."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Timed(
            self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout)), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as httpcore has it
        return self._stream.get_extra_info(info)
