"""Asking for the addresses of a name, within a time: the system's own way of asking has no limit."""

import ipaddress
import socket
from collections.abc import Callable, Sequence

from paywall.aside import begin
from paywall.outgoing.addresses import Address

Resolver = Callable[[str, int], Sequence[str]]
"""Returns the addresses of a host, in the order in which they are to be tried; raises OSError if there are none."""

_MOST = 8


def ask_system(host: str, port: int) -> Sequence[str]:
    """Return the addresses that this machine knows for a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def resolve(ask: Resolver, host: str, port: int, seconds: float) -> Sequence[Address]:
    """Return the addresses of a host, none if there are none or the answer takes longer than `seconds`.

    A resolver that hangs is left to itself in a thread that ends when the system gives up on it.
    """
    asked = begin(lambda: [ipaddress.ip_address(one.partition("%")[0]) for one in ask(host, port)[:_MOST]], "resolving")
    try:
        return asked.result(seconds)
    except (OSError, ValueError):  # a TimeoutError is an OSError
        return []


def is_this_machine(address: Address) -> bool:
    """Tell whether an address is one of our own: what listens there may trust us. Sends nothing."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((str(address), 9))
            return ipaddress.ip_address(probe.getsockname()[0]) == address
    except OSError:  # no way leads there: the connection will find that out, too
        return False
