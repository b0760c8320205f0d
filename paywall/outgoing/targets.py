"""Reading an address that an outsider has typed: one spelling for each host, and no two ways to read it."""

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

import idna

from paywall.errors import BadInput
from paywall.outgoing.addresses import Address, is_public

LONGEST = 2048
_LONGEST_HOST = 253
_PORTS = {"http": 80, "https": 443}
OPEN_PORTS = frozenset({80, 443, 8080, 8443})
"""Where web servers listen. Elsewhere something may take a request for another language's."""

_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f\\]")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_KEPT_AS_IT_IS = "/%:@!$&'()*+,;=~?[]"


class AddressRefused(BadInput):
    """No request is sent to that address."""

    code = "address_refused"

    def __init__(self, sentence: str) -> None:
        super().__init__("url", sentence)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes. `host` is an ASCII name or a plain IP address, `path` begins with `/` and has the query."""

    scheme: str
    host: str
    port: int
    path: str
    is_excepted: bool
    """The operator has listed it: it may lead anywhere."""

    @property
    def literal(self) -> Address | None:
        """The address that stands in the place of a name, if one does."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None

    @property
    def authority(self) -> str:
        """The host as the `Host` header names it."""
        return bracketed(self.host) + ("" if self.port == _PORTS[self.scheme] else f":{self.port}")

    @property
    def url(self) -> str:
        """The whole address, in our spelling."""
        return f"{self.scheme}://{self.authority}{self.path}"


def read_target(url: str, excepted: Collection[str] = (), ports: Collection[int] = OPEN_PORTS) -> Target:
    """Return where `url` leads; raises AddressRefused for what is refused without asking a name server.

    `excepted` holds hosts in our spelling, with a port (`127.0.0.1:8000`) or for every port.
    """
    parts = _split(url)
    host, port = _host(parts), _port(parts)
    listed = {bracketed(host), f"{bracketed(host)}:{port}"} & set(excepted)
    target = Target(parts.scheme, host, port, _path(parts), is_excepted=bool(listed))
    _refuse_closed(target, ports)
    return target


def canonical_host(raw: str) -> str:
    """Return the one spelling of a host: a name in punycode and lower case, or an IP address.

    IPv6 comes with brackets and goes without. Raises ValueError for what is no host, and for IP addresses in any
    spelling but the plain one.
    """
    if raw.startswith("["):
        return str(ipaddress.IPv6Address(raw[1:].removesuffix("]")))
    if not raw or len(raw) > _LONGEST_HOST:
        raise ValueError("not a host")
    name = idna.encode(raw, uts46=True).decode().lower().removesuffix(".")
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        return str(ipaddress.IPv4Address(name))
    return name


def bracketed(host: str) -> str:
    """Return a host as it stands in an address."""
    return f"[{host}]" if ":" in host else host


def _split(url: str) -> SplitResult:
    if not url or len(url) > LONGEST or _UNPRINTABLE.search(url):
        raise AddressRefused(f"Give an address of at most {LONGEST} characters without spaces or backslashes.")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise AddressRefused("Give an address such as https://news.example.com/hooks.") from None
    if parts.scheme not in _PORTS:
        raise AddressRefused("Give an address that begins with https:// or http://.")
    if "@" in parts.netloc or "%" in parts.netloc:
        raise AddressRefused("Leave names, passwords and % out of the host.")
    return parts


def _host(parts: SplitResult) -> str:
    brackets = "[]" if parts.netloc.startswith("[") else ""
    try:
        return canonical_host(brackets[:1] + (parts.hostname or "") + brackets[1:])
    except ValueError:
        raise AddressRefused("Give the host as a name, or as a plain IP address.") from None


def _path(parts: SplitResult) -> str:
    path, query = (quote(part, safe=_KEPT_AS_IT_IS) for part in (parts.path or "/", parts.query))
    return f"{path}?{query}" if query else path


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        raise AddressRefused("Give the port as a number.") from None
    return _PORTS[parts.scheme] if port is None else port


def _refuse_closed(target: Target, ports: Collection[int]) -> None:
    if target.is_excepted:
        return
    if target.port not in ports:
        raise AddressRefused(f"Only the ports {', '.join(map(str, sorted(ports)))} are used.")
    if target.literal is not None and not is_public(target.literal):
        raise AddressRefused("That address is not on the public internet.")
