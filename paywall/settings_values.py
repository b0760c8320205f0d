"""One reader for each kind of value a variable may hold: text in, value out.

Each raises ValueError with a sentence that says what would be right and never repeats what was given: it may be secret.
"""

import ipaddress
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import idna

from paywall.outgoing.targets import bracketed, canonical_host

if TYPE_CHECKING:
    from sqlalchemy import URL

LONGEST = 4096

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def clean(raw: str) -> str:
    """Return `raw` unless it is empty, too long or not plain text."""
    if len(raw) > LONGEST:
        raise ValueError(f"longer than {LONGEST} characters")
    if not raw.strip():
        raise ValueError("empty; leave it out instead")
    if any(ord(c) < 0x20 or c in "\x7f\ufeff" or 0xD800 <= ord(c) <= 0xDFFF for c in raw):
        raise ValueError("holds control characters or is not valid text")
    return raw


def secret_key(raw: str) -> str:
    """Return a key that is long enough and not one letter repeated."""
    if len(raw.encode()) < 32:
        raise ValueError(
            "shorter than 32 bytes; make one with: python3 -c 'import secrets; print(secrets.token_hex())'"
        )
    if len(set(raw)) < 8:
        raise ValueError("too easily guessed: fewer than 8 different characters")
    return raw


def base_url(raw: str) -> str:
    """Return the address as `scheme://host[:port]`, the host in punycode."""
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError("must be an address such as https://news.example.com")
    if parts.path not in ("", "/"):
        raise ValueError("must not have a path")
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{_host(parts.hostname)}{port}"


def _host(host: str) -> str:
    try:
        return f"[{host}]" if ipaddress.ip_address(host).version == 6 else host
    except ValueError:
        pass
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError("its host name is not one") from error


def parsed(database_url: str) -> "URL":
    """Return the parts of a database's address; raises ArgumentError for what is none."""
    from sqlalchemy import make_url  # noqa: PLC0415 - `paywall --help` is quick

    return make_url(database_url)


def database_url(raw: str) -> str:
    """Return an address of SQLite or PostgreSQL."""
    try:
        backend = parsed(raw).get_backend_name()
    except Exception as error:
        raise ValueError("is not a database address") from error
    if backend not in ("sqlite", "postgresql", "postgres"):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return raw


def meter_url(raw: str) -> str:
    """Return an address of any store that can count views."""
    scheme, found, _rest = raw.partition("://")
    if not found or scheme.split("+")[0] not in ("sqlite", "postgresql", "redis", "rediss", "memory"):
        raise ValueError("must begin with sqlite:///, postgresql://, redis://, rediss:// or memory://")
    return raw


def redis_url(raw: str) -> str:
    """Return an address of Redis or Valkey."""
    if urlsplit(raw).scheme not in ("redis", "rediss") or not urlsplit(raw).hostname:
        raise ValueError("must be an address such as redis://localhost:6379/0")
    return raw


def stripe_secret_key(raw: str) -> str:
    """Return a secret or restricted key of Stripe."""
    if not raw.startswith(("sk_test_", "sk_live_", "rk_test_", "rk_live_")):
        raise ValueError(
            "must be a secret key (sk_…) or a restricted one (rk_…) with write access to customers, checkout, "
            "subscriptions, invoices, refunds, billing portal, prices, products and webhook endpoints"
        )
    return word(raw)


def stripe_webhook_secrets(raw: str) -> tuple[str, ...]:
    """Return the signing secrets, several while one is being replaced."""
    secrets = tuple(part.strip() for part in raw.split(","))
    if not all(secret.startswith("whsec_") and len(secret) > len("whsec_") + 8 for secret in secrets):
        raise ValueError("must be one or two signing secrets (whsec_…), separated by a comma")
    return secrets


def stripe_api_base(raw: str) -> str:
    """Return the address of a stand-in for Stripe on this machine."""
    if urlsplit(raw).hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("must be a stand-in on this machine")
    return raw.rstrip("/")


def smtp_url(raw: str) -> str:
    """Return the address of a mail server."""
    parts = urlsplit(raw)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("must be an address such as smtps://user:password@mail.example.com:465")
    return raw


def mail_sender(raw: str) -> str:
    """Return the address that mails come from."""
    if "@" not in raw or len(raw) > 320:
        raise ValueError("must be an address such as News <news@example.com>")
    return raw


def trusted_proxies(raw: str) -> tuple[Network, ...]:
    """Return the networks whose word on the caller's address is taken."""
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in raw.split(","))
    except ValueError as error:
        raise ValueError("must be networks such as 10.0.0.0/8, separated by commas") from error


def outgoing_hosts(raw: str) -> tuple[str, ...]:
    """Return hosts that may be asked though they are private, each in one spelling: `10.0.0.7`, `hooks.test:8000`."""
    try:
        return tuple(_listed_host(part.strip()) for part in raw.split(","))
    except ValueError as error:
        raise ValueError("must be hosts such as 10.0.0.7 or hooks.internal:8000, separated by commas") from error


def _listed_host(part: str) -> str:
    parts = urlsplit(f"//{part}")
    if parts.netloc != part or "@" in part or "%" in part or parts.port == 0:
        raise ValueError("not a host")
    brackets = "[]" if part.startswith("[") else ""
    host = bracketed(canonical_host(brackets[:1] + (parts.hostname or "") + brackets[1:]))
    return f"{host}:{parts.port}" if parts.port else host


def whole(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers between the two, in plain digits only."""

    def parse(raw: str) -> int:
        if not (raw.isascii() and raw.isdigit() and len(raw) <= 9 and least <= int(raw) <= most):
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(raw)

    return parse


def one_of(*words: str) -> Callable[[str], str]:
    """Return a reader of one of those words."""

    def parse(raw: str) -> str:
        if raw not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return raw

    return parse


def clock_file(raw: str) -> Path:
    """Return the place of the file by which the sandbox turns this process's clock."""
    if not Path(raw).parent.is_dir() or Path(raw).is_dir():
        raise ValueError("must be a file in a folder that exists")
    return Path(raw)


def tz(raw: str) -> str:
    """Return the name of an IANA time zone."""
    try:
        return ZoneInfo(raw).key
    except Exception as error:
        raise ValueError("must be an IANA time zone such as Asia/Baku") from error


def word(raw: str) -> str:
    """Return `raw` if it is letters, digits, `_` and `-` only."""
    if not (raw.isascii() and raw.replace("_", "").replace("-", "").isalnum()):
        raise ValueError("holds characters that have no place in it")
    return raw
