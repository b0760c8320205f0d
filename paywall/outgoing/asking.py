"""Sending one request to an address that an outsider has named.

The name is resolved once, every address it leads to must be public, and the connection goes to one of those, so that
a name which changes its mind in between gains nothing. TLS is checked against the name. Nothing is followed: a
redirect is an answer like any other. Proxies of the environment are not used. All of it together takes no longer than
`Limits.total_seconds`, however slowly the other side drips.
"""

import ssl
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import httpcore

from paywall.errors import PaywallError
from paywall.outgoing.addresses import Address, is_public
from paywall.outgoing.pinning import Deadline, Pinned
from paywall.outgoing.resolving import Resolver, ask_system, is_this_machine, resolve
from paywall.outgoing.targets import OPEN_PORTS, AddressRefused, Target, read_target

_HEADERS = {"User-Agent": "Paywall", "Accept-Encoding": "identity", "Connection": "close"}
_FAILURES = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError)


class NoAnswer(PaywallError):
    """The other side gave no answer."""

    status = 502
    code = "no_answer"


@cache
def trusted() -> ssl.SSLContext:
    """Return what this machine trusts, read once."""
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a request may take and how much of the answer is read."""

    connect_seconds: float = 5
    read_seconds: float = 15
    """The longest silence."""
    total_seconds: float = 20
    answer_bytes: int = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. The names of `headers` are in lower case; of two with one name the last one is kept."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cut: bool
    """The answer is longer than what was read of it."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Sends requests; safe to share between threads.

    `excepted` are the hosts that the operator has listed (PAYWALL_OUTGOING_HOSTS): they may lead anywhere, on any port.
    `resolve` asks for the addresses of a name; `tls` is the context for https.
    """

    excepted: Collection[str] = ()
    resolve: Resolver = ask_system
    ports: Collection[int] = OPEN_PORTS
    tls: ssl.SSLContext = field(default_factory=trusted)

    def examine(self, url: str) -> Target:
        """Return where `url` leads; raises AddressRefused for what can be refused without asking anybody."""
        return read_target(url, self.excepted, self.ports)

    def ask(
        self,
        method: str,
        url: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        limits: Limits = Limits(),
    ) -> Answer:
        """Send one request and return what came back; raises AddressRefused, or NoAnswer with the reason in words."""
        target, deadline = self.examine(url), Deadline(limits.total_seconds)
        addresses = self._addresses(target, deadline, limits)
        sent = {"Host": target.authority, **_HEADERS, **(headers or {})}
        url_parts = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        backend = Pinned(addresses, deadline)
        with httpcore.HTTPConnection(url_parts.origin, ssl_context=self.tls, network_backend=backend) as connection:
            try:
                return _answer(connection, (method, url_parts), sent, body, limits)
            except _FAILURES as error:
                raise NoAnswer(_in_words(error, limits)) from error

    def _addresses(self, target: Target, deadline: Deadline, limits: Limits) -> Sequence[Address]:
        """Return where the connection may go; refuses a name if a single one of its addresses is not public."""
        if target.literal is not None:
            found: Sequence[Address] = [target.literal]
        else:
            found = resolve(self.resolve, target.host, target.port, min(limits.connect_seconds, deadline.left()))
        if not found:
            raise NoAnswer("The host name leads nowhere.")
        if not target.is_excepted and not all(is_public(one) and not is_this_machine(one) for one in found):
            raise AddressRefused("That host leads to an address that is not on the public internet.")
        return found


def _answer(
    connection: httpcore.HTTPConnection,
    what: tuple[str, httpcore.URL],
    headers: Mapping[str, str],
    body: bytes,
    limits: Limits,
) -> Answer:
    seconds = {"connect": limits.connect_seconds, "read": limits.read_seconds, "write": limits.read_seconds}
    extensions = {"timeout": seconds}
    with connection.stream(
        *what, headers=list(headers.items()), content=body or None, extensions=extensions
    ) as response:
        found, is_cut = _read(response, limits.answer_bytes)
        named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        return Answer(response.status, named, found, is_cut)


def _read(response: httpcore.Response, most: int) -> tuple[bytes, bool]:
    found = bytearray()
    for chunk in response.iter_stream():
        found += chunk
        if len(found) > most:
            return bytes(found[:most]), True
    return bytes(found), False


def _in_words(error: Exception, limits: Limits) -> str:
    if isinstance(error, httpcore.ConnectTimeout):
        return "No connection in time."
    if isinstance(error, httpcore.TimeoutException):
        return f"No whole answer within {limits.total_seconds:g} seconds."
    if isinstance(error.__cause__ or error.__context__, ssl.SSLError):
        return "No trusted TLS connection: the certificate is not one for this name, or not valid."
    if isinstance(error, httpcore.ProtocolError):
        return "The answer was not HTTP."
    return "The connection was refused." if isinstance(error, httpcore.ConnectError) else "The connection broke off."
