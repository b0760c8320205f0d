"""Whether an address is in one of many ranges, by one look for each length of prefix that there is."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network

from paywall.gate.crawlers.rules import Address

Range = IPv4Network | IPv6Network


class RangeSet:
    """Ranges that never change. Safe to share between threads."""

    def __init__(self, ranges: Iterable[Range]) -> None:
        self._networks: dict[tuple[int, int], set[int]] = {}
        for one in ranges:
            shift = one.max_prefixlen - one.prefixlen
            self._networks.setdefault((one.version, shift), set()).add(int(one.network_address) >> shift)

    def __contains__(self, address: Address) -> bool:
        number, version = int(address), address.version
        return any(
            version == of_version and number >> shift in starts
            for (of_version, shift), starts in self._networks.items()
        )
