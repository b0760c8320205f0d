"""Who a visitor is: a random id in a signed cookie, and the network a request came through. Neither holds a count.

A cookie value is `1.ID.SIGNATURE`, 47 URL-safe characters: the version, 128 random bits, and 128 bits of HMAC-SHA256
over both under a key that serves no other purpose.
"""

import hmac
from base64 import urlsafe_b64encode
from ipaddress import IPv6Address, ip_address
from secrets import token_bytes

_BEGINNING = "1."
_BODY_CHARACTERS = len(_BEGINNING) + 22
_SIGNATURE_CHARACTERS = 22
_VALUE_CHARACTERS = _BODY_CHARACTERS + 1 + _SIGNATURE_CHARACTERS
_SIGNATURE_BYTES = 16
_IPV4_SHIFT = 32 - 24
_IPV6_SHIFT = 128 - 64


def visitor_key(secret: str) -> bytes:
    """Derive the key that signs visitor cookies from the deployment's secret."""
    return hmac.digest(secret.encode(), b"paywall visitor cookie", "sha256")


def mint(key: bytes) -> str:
    """Return the cookie value of a new visitor, signed with `visitor_key`."""
    body = f"{_BEGINNING}{_text(token_bytes(16))}"
    return f"{body}.{_signature(key, body.encode()).decode()}"


def read(key: bytes, cookie_value: str | bytes) -> str | None:
    """Return the visitor's id (22 URL-safe characters), None for anything that was not minted with `key`.

    Never raises, whatever a client sends; compares in constant time.
    """
    if len(cookie_value) != _VALUE_CHARACTERS:
        return None
    given = cookie_value if isinstance(cookie_value, bytes) else cookie_value.encode("utf-8", "replace")
    body, signature = given[:_BODY_CHARACTERS], given[_BODY_CHARACTERS:]
    if not hmac.compare_digest(signature, b"." + _signature(key, body)):
        return None
    return body[len(_BEGINNING) :].decode()


def network_key(secret: str, address: str, user_agent: str) -> str:
    """Return a keyed hash (22 URL-safe characters) of the address's network and the user agent.

    The network is an IPv4 /24 or an IPv6 /64; IPv4 inside IPv6 counts as IPv4. An address that is none (a Unix
    socket's) is a network of its own. Without the secret nobody can try addresses against it.
    """
    seen = f"paywall network\n{_network(address)}\n{user_agent}".encode("utf-8", "replace")
    return _text(hmac.digest(secret.encode(), seen, "sha256")[:_SIGNATURE_BYTES])


def _network(address: str) -> str:
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return f"6:{int(parsed) >> _IPV6_SHIFT:x}"
    return f"4:{int(getattr(parsed, 'ipv4_mapped', None) or parsed) >> _IPV4_SHIFT:x}"


def _signature(key: bytes, body: bytes) -> bytes:
    return urlsafe_b64encode(hmac.digest(key, body, "sha256")[:_SIGNATURE_BYTES])[:_SIGNATURE_CHARACTERS]


def _text(random: bytes) -> str:
    return urlsafe_b64encode(random).rstrip(b"=").decode()
