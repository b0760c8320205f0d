"""Addresses that come from outside: where to go next, and who is calling."""

import ipaddress
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:  # the wall, which may be installed alone, goes by these rules, too
    from paywall.settings_values import Network

_LONGEST_NEXT = 2048


def safe_next(value: str | None, default: str = "/", sites: Iterable[str] = ()) -> str:
    r"""Return `value` if it stays on this site or leads to one of `sites` (origins as we keep them), else `default`.

    Exactly one leading slash, no backslash, no byte below 0x21 or 0x7F, no host after parsing: `/\t/evil.example` and
    `http:///evil.example` get past less.
    """
    if not value or len(value) > _LONGEST_NEXT:
        return default
    if "\\" in value or any(ord(c) < 0x21 or ord(c) == 0x7F or 0xD800 <= ord(c) <= 0xDFFF for c in value):
        return default
    return value if _is_path(value) or is_on(value, sites) else default


def is_on(address: str, sites: Iterable[str]) -> bool:
    """Tell whether an absolute address begins with one of these origins, letter by letter.

    Nothing is parsed, so nobody's parser can be fooled: what follows an origin must end the host.
    """
    return any(address == site or address.startswith((f"{site}/", f"{site}?")) for site in sites)


def _is_path(value: str) -> bool:
    if not value.startswith("/") or value.startswith("//"):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return not (parts.scheme or parts.netloc)


def client_address(peer: str, forwarded_for: str, trusted: "Sequence[Network]") -> str:
    """Return the address of the caller: hops are counted from the right, and only trusted ones are passed over."""
    address = peer
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    while hops and _is_trusted(address, trusted):
        address = hops.pop()
    return address if _parse(address) else peer


def network_of(address: str) -> str:
    """Return the network that one household or firm calls from: IPv4 /24, IPv6 /64."""
    parsed = _parse(address)
    if parsed is None:
        return "unknown"
    if parsed.version == 6 and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 64), strict=False))


def _is_trusted(address: str, trusted: "Sequence[Network]") -> bool:
    parsed = _parse(address)
    return parsed is not None and any(parsed in network for network in trusted)


def _parse(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(address)
    except ValueError:
        return None
