"""Forward-confirmed reverse DNS: by made-up name servers, and by a real one on this machine that says what is asked."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from paywall.gate.crawlers.catalogue import OPERATORS
from paywall.gate.crawlers.lookups import MOST_NAMES, DnsResolver, Lookup, Outcome, look_up
from paywall.gate.crawlers.rules import read_address
from tests.gate.crawlers.names import NAME, RENTED, Names

MASKS = OPERATORS["google"].hosts
REVERSE = "97.182.100.34.in-addr.arpa."
V6 = "2001:4860:4801:99::1"


def looked_up(names: "Names | DnsResolver", address: str = RENTED) -> Lookup:
    read = read_address(address)
    assert read is not None
    return look_up(names, read, MASKS)


class TestAnAddress:
    def test_that_leads_to_the_operators_name_and_back_is_confirmed(self) -> None:
        found = looked_up(Names())
        assert (found.outcome, found.host) == (Outcome.CONFIRMED, NAME)

    def test_of_version_6_is_too(self) -> None:
        names = Names(
            {V6: ["crawl-6.googlebot.com."]}, {"crawl-6.googlebot.com": [RENTED, "2001:4860:4801:0099::0001"]}
        )
        assert looked_up(names, V6).outcome is Outcome.CONFIRMED

    def test_of_version_4_is_asked_about_as_itself_however_it_is_wrapped(self) -> None:
        assert looked_up(Names(), f"::ffff:{RENTED}").outcome is Outcome.CONFIRMED

    def test_b04_whose_name_leads_elsewhere_is_refused(self) -> None:
        names = Names({RENTED: ["crawl-1.googlebot.com."]}, {"crawl-1.googlebot.com": ["66.249.66.1"]})
        assert looked_up(names).outcome is Outcome.REFUSED

    @pytest.mark.parametrize("look_alike", ["googlebot.com.evil.example.", "evilgooglebot.com.", "x\\.googlebot.com."])
    def test_b05_whose_name_only_looks_so_is_refused_and_its_name_never_asked_about(self, look_alike: str) -> None:
        names = Names({RENTED: [look_alike]}, {look_alike.removesuffix("."): [RENTED]})
        assert looked_up(names).outcome is Outcome.REFUSED
        assert names.asked == [RENTED]

    def test_that_anybody_has_googles_tools_fetch_from_is_refused(self) -> None:
        proxy = "google-proxy-66-249-81-1.google.com"
        assert looked_up(Names({RENTED: [f"{proxy}."]}, {proxy: [RENTED]})).outcome is Outcome.REFUSED

    def test_without_a_name_is_refused(self) -> None:
        assert looked_up(Names({})).outcome is Outcome.REFUSED

    def test_whose_name_leads_nowhere_is_refused(self) -> None:
        assert looked_up(Names(there={})).outcome is Outcome.REFUSED

    def test_with_several_names_needs_one_that_leads_back(self) -> None:
        names = Names(
            {RENTED: ["www.evil.example.", "crawl-1.googlebot.com.", f"{NAME}."]},
            {"crawl-1.googlebot.com": ["66.249.66.1"], NAME: ["192.0.2.1", RENTED]},
        )
        assert looked_up(names).outcome is Outcome.CONFIRMED

    def test_with_names_without_end_has_only_a_few_asked_about(self) -> None:
        names = Names({RENTED: [f"crawl-{number}.googlebot.com." for number in range(500)]}, {})
        assert looked_up(names).outcome is Outcome.REFUSED
        assert len(names.asked) == 1 + MOST_NAMES

    @pytest.mark.parametrize("failing", [RENTED, NAME])
    def test_that_nobody_answers_for_is_not_known(self, failing: str) -> None:
        names = Names()
        names.failing.add(failing)
        assert looked_up(names).outcome is Outcome.UNANSWERED


Say = Callable[[str, str], list[tuple[str, str, str]] | dns.rcode.Rcode | None]
"""Gives the records (name, kind, value) for a name and kind, a code, or no answer at all."""


@contextmanager
def name_server(say: Say) -> Iterator[DnsResolver]:
    """Serve DNS on this machine, and return a resolver that asks there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_serve, args=(door, say), daemon=True)
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], door.getsockname()[1]
        yield DnsResolver(resolver)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", door.getsockname())
        thread.join()


def _serve(door: socket.socket, say: Say) -> None:
    while (came := door.recvfrom(4096))[0]:
        query = dns.message.from_wire(came[0])
        asked = query.question[0]
        said = say(asked.name.to_text(), dns.rdatatype.to_text(asked.rdtype))
        if said is None:
            continue
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        if isinstance(said, dns.rcode.Rcode):
            reply.set_rcode(said)
        else:
            reply.answer = [dns.rrset.from_text(name, 60, "IN", kind, value) for name, kind, value in said]
        door.sendto(reply.to_wire(), came[1])


def zone(*records: tuple[str, str, str]) -> Say:
    """Answer as a server that follows aliases itself, as resolvers do; names that are not there do not exist."""

    def say(name: str, kind: str) -> list[tuple[str, str, str]] | dns.rcode.Rcode:
        found = [one for one in records if one[0] == name and one[1] in (kind, "CNAME")]
        if not found:
            return [] if any(one[0] == name for one in records) else dns.rcode.NXDOMAIN
        if found[0][1] == "CNAME" != kind:
            further = say(found[0][2], kind)
            return [found[0], *(further if isinstance(further, list) else [])]
        return found

    return say


class TestARealNameServer:
    def test_confirms(self) -> None:
        with name_server(zone((REVERSE, "PTR", f"{NAME}."), (f"{NAME}.", "A", RENTED))) as resolver:
            assert looked_up(resolver).outcome is Outcome.CONFIRMED

    def test_is_asked_for_the_address_family_that_is_meant(self) -> None:
        back = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.9.9.0.0.1.0.8.4.0.6.8.4.1.0.0.2.ip6.arpa."
        host = "crawl-6.googlebot.com."
        with name_server(zone((back, "PTR", host), (host, "A", RENTED), (host, "AAAA", V6))) as resolver:
            assert looked_up(resolver, V6).outcome is Outcome.CONFIRMED
        with name_server(zone((back, "PTR", host), (host, "A", RENTED))) as resolver:
            assert looked_up(resolver, V6).outcome is Outcome.REFUSED

    def test_may_lead_by_aliases_on_both_ways(self) -> None:
        delegated = "97.96-28.182.100.34.in-addr.arpa."
        records = (
            (REVERSE, "CNAME", delegated), (delegated, "PTR", f"{NAME}."),
            (f"{NAME}.", "CNAME", "a.googlebot.com."), ("a.googlebot.com.", "CNAME", "b.googlebot.com."),
            ("b.googlebot.com.", "A", RENTED),
        )  # fmt: skip
        with name_server(zone(*records)) as resolver:
            assert looked_up(resolver).outcome is Outcome.CONFIRMED

    def test_that_leads_round_in_circles_confirms_nothing(self) -> None:
        def circle(name: str, _kind: str) -> list[tuple[str, str, str]]:
            return [(name, "CNAME", "a.googlebot.com."), ("a.googlebot.com.", "CNAME", name)]

        with name_server(circle) as resolver:
            assert looked_up(resolver).outcome is not Outcome.CONFIRMED

    def test_that_knows_no_such_name_is_a_no(self) -> None:
        with name_server(zone()) as resolver:
            assert looked_up(resolver).outcome is Outcome.REFUSED

    def test_that_has_a_name_of_another_kind_only_is_a_no(self) -> None:
        with name_server(zone((REVERSE, "TXT", '"googlebot.com"'))) as resolver:
            assert looked_up(resolver).outcome is Outcome.REFUSED

    @pytest.mark.parametrize("code", [dns.rcode.SERVFAIL, dns.rcode.REFUSED, dns.rcode.FORMERR])
    def test_that_fails_is_no_answer(self, code: dns.rcode.Rcode) -> None:
        with name_server(lambda _name, _kind: code) as resolver:
            assert looked_up(resolver).outcome is Outcome.UNANSWERED

    def test_that_keeps_silent_is_no_answer(self) -> None:
        with name_server(lambda _name, _kind: None) as resolver:
            assert looked_up(resolver).outcome is Outcome.UNANSWERED

    def test_that_escapes_a_dot_does_not_get_past_the_masks(self) -> None:
        with name_server(zone((REVERSE, "PTR", "x\\.googlebot.com."), ("x\\.googlebot.com.", "A", RENTED))) as resolver:
            assert looked_up(resolver).outcome is Outcome.REFUSED
