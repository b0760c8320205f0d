"""Forward-confirmed reverse DNS: an address must lead to a name of its operator's, and that name back to the address.

Whoever holds an address may have it lead to any name they like. Only who holds the name can have it lead back.
"""

from collections.abc import Callable, Iterable
from enum import Enum
from typing import NamedTuple, Protocol

import dns.exception
import dns.resolver
import dns.reversename

from paywall.gate.crawlers.rules import Address, fits, read_address, read_host

SECONDS = 2.0
"""How long one question may take. A whole look-up takes at most four: one back, and one for each name tried."""
MOST_NAMES = 3
"""How many of an address's names are tried."""


class Unanswered(Exception):
    """The name servers did not answer, or failed to: nothing is known."""


class Resolver(Protocol):
    """Asks name servers. Both raise Unanswered; what there is not is an empty answer."""

    def names(self, address: Address) -> Iterable[str]:
        """Return the names that an address leads to (PTR)."""
        ...

    def addresses(self, name: str, version: int) -> Iterable[str]:
        """Return the addresses that a name leads to: A for version 4, AAAA for 6."""
        ...


class Outcome(Enum):
    """What a look-up has come to."""

    CONFIRMED = "leads there and back"
    REFUSED = "does not lead there and back"
    UNANSWERED = "the name servers did not answer"


class Lookup(NamedTuple):
    """What a look-up has come to, and by which steps: what was asked, and what was said."""

    outcome: Outcome
    steps: tuple[tuple[str, str], ...]
    host: str | None = None
    """The name that leads there and back."""


class DnsResolver:
    """Asks the name servers that this machine is set up with, or those of `resolver`."""

    def __init__(self, resolver: dns.resolver.Resolver | None = None) -> None:
        self._resolver = resolver

    def names(self, address: Address) -> list[str]:
        """Return the names that an address leads to."""
        return self._ask(dns.reversename.from_address(str(address)).to_text(), "PTR")

    def addresses(self, name: str, version: int) -> list[str]:
        """Return the addresses that a name leads to."""
        return self._ask(f"{name}.", "A" if version == 4 else "AAAA")

    def _ask(self, name: str, kind: str) -> list[str]:
        try:
            if self._resolver is None:
                self._resolver = dns.resolver.Resolver()
            answer = self._resolver.resolve(name, kind, lifetime=SECONDS, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise Unanswered(type(error).__name__) from error
        return [record.to_text() for record in answer]


def look_up(resolver: Resolver, address: Address, masks: Iterable[str]) -> Lookup:
    """Look an address up, there and back; its name must fit one of the masks. Never raises."""
    steps: list[tuple[str, str]] = []
    try:
        host = _confirmed(resolver, address, tuple(masks), lambda *step: steps.append(step))
    except Unanswered as error:
        steps.append(("no answer", str(error)))
        return Lookup(Outcome.UNANSWERED, tuple(steps))
    return Lookup(Outcome.CONFIRMED if host else Outcome.REFUSED, tuple(steps), host)


def _confirmed(
    resolver: Resolver, address: Address, masks: tuple[str, ...], note: Callable[[str, str], None]
) -> str | None:
    named = list(resolver.names(address))
    note(f"{address} leads to", ", ".join(named) or "no name")
    hosts = [host for host in map(read_host, named) if host is not None and fits(host, masks)]
    if named and not hosts:
        note("of the operator's names", "none")
    for host in dict.fromkeys(hosts[:MOST_NAMES]):
        found = list(resolver.addresses(host, address.version))
        note(f"{host} leads to", ", ".join(found) or "no address")
        if address in map(read_address, found):
            return host
    return None
