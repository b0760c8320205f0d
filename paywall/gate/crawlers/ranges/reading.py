"""Reading what an operator publishes: JSON with `prefixes`, each an `ipv4Prefix` or an `ipv6Prefix`.

Whatever is in there lets whoever calls from it read everything, so nothing is taken on trust: a file with one range
that cannot be meant is refused whole.
"""

import json
from collections.abc import Iterable
from ipaddress import ip_network
from typing import Any

from paywall.errors import PaywallError
from paywall.gate.crawlers.ranges.sets import Range
from paywall.outgoing.addresses import is_public

MOST_BYTES = 1024 * 1024
MOST_RANGES = 5_000
WIDEST = {4: 16, 6: 32}
"""Bits of the shortest prefix that may be meant; the widest that was ever published by one of them has 22."""
MOST_V4_ADDRESSES = 2**18
_UNSEEN = dict.fromkeys(map(ord, "\u200b\ufeff\u00a0 \t\r\n"))
"""Signs that nobody sees: Bing's file once had one in the middle of a range."""


class RangesRefused(PaywallError):
    """The ranges can't be taken."""

    status = 422
    code = "ranges_refused"


def read_ranges(source: bytes) -> tuple[Range, ...]:
    """Return the ranges of an operator's file, in order and each once; raises RangesRefused with what is wrong."""
    if len(source) > MOST_BYTES:
        raise RangesRefused("The file is far too large to be a list of ranges.")
    try:
        said = json.loads(source)
    except (ValueError, RecursionError):
        raise RangesRefused("That is not JSON.") from None
    listed = said.get("prefixes") if isinstance(said, dict) else None
    if not isinstance(listed, list) or not listed:
        raise RangesRefused("There is no list of `prefixes` in it, or an empty one.")
    if len(listed) > MOST_RANGES:
        raise RangesRefused(f"It lists more than {MOST_RANGES:,} ranges.")
    return sensible(_range(item) for item in listed)


def sensible(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Return the ranges in order and each once; raises RangesRefused where one, or all together, cannot be meant."""
    found = sorted(set(ranges), key=lambda one: (one.version, one))
    for one in found:
        if one.prefixlen < WIDEST[one.version]:
            raise RangesRefused(f"{one} is far too wide: nobody's crawlers need that many addresses.")
        if not (is_public(one[0]) and is_public(one[-1])):
            raise RangesRefused(f"{one} is not on the public internet.")
    if sum(one.num_addresses for one in found if one.version == 4) > MOST_V4_ADDRESSES:
        raise RangesRefused("Together they are far too many addresses.")
    return tuple(found)


def _range(item: Any) -> Range:  # noqa: ANN401 - as JSON has it
    values = [item[name] for name in ("ipv4Prefix", "ipv6Prefix") if name in item] if isinstance(item, dict) else []
    if len(values) != 1 or not isinstance(values[0], str):
        raise RangesRefused("One of the prefixes is neither an `ipv4Prefix` nor an `ipv6Prefix`.")
    try:
        return ip_network(values[0].translate(_UNSEEN))
    except ValueError:
        raise RangesRefused(f"{values[0][:60]!r} is no range of addresses.") from None
