"""Why an address is, or is not, a crawler's: by the very rules and questions that decide."""

from collections.abc import Iterable
from typing import NamedTuple

from paywall.gate.crawlers.catalogue import CRAWLERS, OPERATORS, claim_of
from paywall.gate.crawlers.lookups import Lookup, Outcome, Resolver, look_up
from paywall.gate.crawlers.ranges.holding import Ranges
from paywall.gate.crawlers.rules import Address, Crawler, Operator, fits, read_address


class Finding(NamedTuple):
    """What was found of an address, step by step."""

    steps: tuple[tuple[str, str], ...]
    operator: Operator | None = None
    """Whose address it is."""
    crawler: Crawler | None = None
    """Which crawler a request with that user agent is from; None without a user agent."""
    is_unanswered: bool = False
    """The name servers did not answer: it may be somebody's all the same."""


def examine(ranges: Ranges, resolver: Resolver, raw: str, user_agent: str | None) -> Finding:
    """Look into an address, now and without what is remembered; `user_agent` None asks only whose it is."""
    claimed = claim_of(user_agent) if user_agent is not None else None
    steps = [] if user_agent is None else [("the user agent claims to be", claimed.label if claimed else "no crawler")]
    address = read_address(raw)
    if address is None:
        return Finding((*steps, ("the address", "is none")))
    if user_agent is not None and claimed is None:
        return Finding((*steps, ("so the address", "is not looked at: a visitor")))
    wanted = [claimed.operator] if claimed else list(OPERATORS.values())
    finding = _by_range(ranges, address, wanted) or _by_name(resolver, address, wanted)
    return finding._replace(steps=(*steps, *finding.steps), crawler=claimed if finding.operator else None)


def _by_range(ranges: Ranges, address: Address, wanted: Iterable[Operator]) -> Finding | None:
    for operator in wanted:
        if ranges.holds(operator, address):
            held = ranges.of(operator)
            one = next(one for one in held.ranges if address in one)
            said = f"{one}, {held.source}" + (f", {held.as_of:%-d %B %Y}" if held.as_of else "")
            return Finding(((f"in {operator.label}'s ranges", said),), operator)
    return None


def _by_name(resolver: Resolver, address: Address, wanted: list[Operator]) -> Finding:
    steps: tuple[tuple[str, str], ...] = (("in the ranges of " + _named(wanted), "no"),)
    masks = [mask for operator in wanted for mask in operator.hosts]
    if not masks:
        return Finding((*steps, ("its operator's host names", "it has none: ranges are all there is")))
    found: Lookup = look_up(resolver, address, masks)
    host = found.host
    operator = next((one for one in wanted if host is not None and fits(host, one.hosts)), None)
    steps += (*found.steps, ("so it", found.outcome.value))
    return Finding(steps, operator, is_unanswered=found.outcome is Outcome.UNANSWERED)


def _named(wanted: list[Operator]) -> str:
    return wanted[0].label if len(wanted) == 1 else "any operator"


def crawlers_of(operator: Operator) -> list[Crawler]:
    """Return the crawlers that an operator sends."""
    return [one for one in CRAWLERS if one.operator is operator]
