"""What makes a crawler believable: an address in its operator's ranges, or a host name that leads there and back.

What a request calls itself (its user agent) is only a claim. It says which operator is to be asked, never more.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from paywall.gate.decision import Extent

Address = IPv4Address | IPv6Address
_host_name = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z0-9-]{1,63}").fullmatch
_LONGEST_HOST = 253
_LABELS, _LETTERS = r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*", r"[a-z0-9_-]+"


class Kind(StrEnum):
    """What a crawler fetches pages for."""

    SEARCH = "search"
    """To be found in a search engine."""
    TOOL = "tool"
    """Because anybody asked for it: a testing tool, a picture of the page."""
    AI = "ai"
    """To answer instead of leading to the page. What these get and pay is to be settled apart."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Who sends crawlers, and how their addresses are known."""

    name: str
    label: str
    hosts: tuple[str, ...]
    """Masks of the host names that its addresses lead to, and back: `*.search.msn.com`; none where it names none."""
    ranges_url: str
    """Where it publishes its ranges; empty where it does not."""
    documented_at: str
    bundled: tuple[str, ...]
    """Ranges that came with this version."""
    bundled_as_of: date | None


@dataclass(frozen=True, slots=True)
class Crawler:
    """One crawler, as a publisher may decide on it."""

    name: str
    label: str
    operator: Operator
    kind: Kind
    agents: tuple[str, ...]
    """What its user agent holds, in lower case."""

    @property
    def default(self) -> Extent:
        """What it gets where a publisher has not said: all of it to be found by, a preview for everything else."""
        return Extent.FULL if self.kind is Kind.SEARCH else Extent.PREVIEW


def gets(crawler: Crawler, settings: Mapping[str, str]) -> Extent:
    """Return what a publisher with these settings lets a crawler have."""
    said = settings.get(crawler.name)
    return crawler.default if said is None else Extent(said)


def read_address(raw: str) -> Address | None:
    """Return an address, IPv4 where it is only wrapped in IPv6; None for what is none."""
    try:
        address = ip_address(raw.partition("%")[0])
    except ValueError:
        return None
    return (address.version == 6 and address.ipv4_mapped) or address


def read_host(raw: str) -> str | None:
    r"""Return a host name in lower case and without its last dot; None for what no operator's host is called.

    A name server may answer anything. `x\.googlebot.com` ends in the right letters and is no name below googlebot.com.
    """
    host = raw.lower().removesuffix(".")
    return host if len(host) <= _LONGEST_HOST and _host_name(host) else None


def fits(host: str, masks: Iterable[str]) -> bool:
    """Tell whether a host name (of `read_host`) fits one of the masks.

    A whole label `*` stands for one or more labels, any other `*` for letters within one.
    """
    return any(_matcher(mask).fullmatch(host) for mask in masks)


@lru_cache
def _matcher(mask: str) -> re.Pattern[str]:
    labels = (_LABELS if label == "*" else _LETTERS.join(map(re.escape, label.split("*"))) for label in mask.split("."))
    return re.compile(r"\.".join(labels))
