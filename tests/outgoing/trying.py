"""Tries hostile addresses on the product's sender, with something listening where they would lead."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field

from paywall.errors import PaywallError
from paywall.outgoing.asking import Limits, Outgoing
from paywall.outgoing.resolving import ask_system
from tests.outgoing.guard import Guard, guarded
from tests.outgoing.hostile import HOSTILE, PUBLIC, REBINDING, Hostile
from tests.outgoing.receiver import Receiver, plain, receiving

_QUICK = Limits(connect_seconds=2, read_seconds=2, total_seconds=4)
_REDIRECTS = (300, 301, 302, 303, 307, 308)


@dataclass
class Names:
    """A name server: what its list does not hold, the system is asked."""

    answers: Sequence[Sequence[str]]
    asked: int = 0

    def __call__(self, host: str, port: int) -> Sequence[str]:
        if not host.endswith("evil.example"):
            return ask_system(host, port)
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


@dataclass
class Outcome:
    """What became of one address."""

    error: PaywallError | None
    asked: int
    tried: list[tuple[str, int]]
    accepted: int
    port: int

    @property
    def inwards(self) -> list[tuple[str, int]]:
        return [place for place in self.tried if not ipaddress.ip_address(place[0]).is_global]

    @property
    def public_place(self) -> tuple[str, int]:
        return (PUBLIC, self.port)


@dataclass
class Whole:
    """What became of all of them."""

    tried: int = 0
    refused: int = 0
    unanswered: int = 0
    """Public addresses behind a name that changed its mind: pinned, and kept back by the guard."""
    connections: int = 0
    redirects: int = 0
    redirect_statuses: tuple[int, ...] = _REDIRECTS
    let_through: list[str] = field(default_factory=list)


def try_one(one: Hostile, *, excepted: bool = False) -> Outcome:
    """Send one request there, with a server listening on the port that the address names."""
    with receiving() as receiver, guarded() as guard:
        return _try(one, receiver, guard, excepted=excepted)


def try_all() -> Whole:
    """Try every address of the list and every redirect."""
    whole = Whole()
    with receiving() as receiver, guarded() as guard:
        for one in HOSTILE:
            _count(whole, one, _try(one, receiver, guard))
        whole.redirects = sum(_follows_not(status, receiver, guard, whole) for status in _REDIRECTS)
    return whole


def _try(one: Hostile, receiver: Receiver, guard: Guard, *, excepted: bool = False) -> Outcome:
    port, names, before = receiver.port, Names(one.answers), receiver.connections
    guard.tried, guard.allowed = [], {port}
    outgoing = Outgoing((receiver.place,) if excepted else (), names, ports={port, 80})
    error = None
    try:
        outgoing.ask("POST", one.url.format(port=port), body=b"{}", limits=_QUICK)
    except PaywallError as refused:
        error = refused
    return Outcome(error, names.asked, guard.tried, receiver.connections - before, port)


def _count(whole: Whole, one: Hostile, outcome: Outcome) -> None:
    whole.tried += 1
    whole.connections += len(outcome.inwards) + outcome.accepted
    if outcome.error is None:
        whole.let_through.append(one.what)
    elif one in REBINDING and outcome.tried:
        whole.unanswered += 1
    else:
        whole.refused += 1


def _follows_not(status: int, inside: Receiver, guard: Guard, whole: Whole) -> bool:
    """Ask a listed host that answers with a redirect inwards; tell whether it was taken for an answer."""
    before = inside.connections
    with receiving(plain(status, Location=inside.url())) as outside:
        guard.allowed = {inside.port, outside.port}
        answer = Outgoing((outside.place,)).ask("POST", outside.url(), body=b"{}", limits=_QUICK)
    whole.connections += inside.connections - before
    return answer.status == status
