"""The environment, read once into one frozen `Settings`; a bad value is refused by the variable's name.

Every variable begins with `PAYWALL_`; `PAYWALL_X_FILE` names a file that holds X (for secrets mounted by a container
platform). Values are never printed. Publishers' own choices (allowances, invitations) live in the database instead.
"""

import difflib
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import idna
from sqlalchemy import make_url

PREFIX = "PAYWALL_"
LONGEST_VALUE = 4096
EXIT_BAD_CONFIGURATION = 78  # EX_CONFIG of sysexits.h
EXIT_TRY_LATER = 75  # EX_TEMPFAIL

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Environment(StrEnum):
    """Where this runs: production is strict, demo simulates payments."""

    PRODUCTION = "production"
    TEST = "test"
    DEMO = "demo"


class BadSettings(Exception):
    """The configuration can't be used; `problems` maps each variable to what is wrong with it, without its value."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__("\n".join(f"{name}: {problem}" for name, problem in self.problems.items()))


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the process was told from outside. The README's table explains each field."""

    secret_key: str
    base_url: str
    env: Environment = Environment.PRODUCTION
    database_url: str = "sqlite:///paywall.sqlite3"
    meter_url: str | None = None
    redis_url: str | None = None
    stripe_secret_key: str | None = None
    stripe_webhook_secrets: tuple[str, ...] = ()
    stripe_api_base: str | None = None
    smtp_url: str | None = None
    mail_sender: str = "Paywall <no-reply@localhost>"
    trusted_proxies: tuple[Network, ...] = ()
    meter_limit: int = 5
    reader_meter_limit: int = 10
    tz: str = "UTC"
    workers: int = 1
    drain: bool = True
    log_level: str = "info"
    gate_events_days: int = 90

    @property
    def is_https(self) -> bool:
        """True where browsers reach us by https, so that cookies can be `__Host-` and Secure."""
        return self.base_url.startswith("https://")

    @property
    def is_demo(self) -> bool:
        """True in the demo, where payments are simulated."""
        return self.env is Environment.DEMO

    @property
    def effective_meter_url(self) -> str:
        """Where views are counted: the named store, else Redis, else beside the database."""
        return self.meter_url or self.redis_url or beside_database(self.database_url)


def beside_database(database_url: str) -> str:
    """Return the meter's place when none is named: a SQLite file of its own, or PostgreSQL itself."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        return database_url
    if not url.database or url.database == ":memory:":
        return "memory://"
    return f"sqlite:///{Path(url.database).with_suffix('.meter.sqlite3')}"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings that `environ` describes; raises BadSettings naming every bad variable at once."""
    problems: dict[str, str] = {}
    values: dict[str, Any] = {}
    given = _given(environ, problems)
    for name, parse in _PARSERS.items():
        raw = given.get(name)
        if raw is not None:
            _take(values, problems, name, raw, parse)
    _refuse_missing(values, problems)
    if not problems:
        _refuse_contradictions(values, problems)
    if problems:
        raise BadSettings(problems)
    return Settings(**values)


def _given(environ: Mapping[str, str], problems: dict[str, str]) -> dict[str, str]:
    """Return raw values by field name; `X_FILE` is read when X itself is not set."""
    given: dict[str, str] = {}
    known = {PREFIX + field.upper(): field for field in _PARSERS}
    for variable in sorted(v for v in environ if v.startswith(PREFIX)):
        plain = variable.removesuffix("_FILE") if variable not in known else variable
        field = known.get(plain)
        if field is None:
            problems[variable] = _unknown(variable, known)
        elif plain == variable:
            given[field] = environ[variable]
        elif plain not in environ:
            _read_file(given, problems, variable, field, environ[variable])
    return given


def _unknown(variable: str, known: Mapping[str, str]) -> str:
    nearest = difflib.get_close_matches(variable, known, n=1)
    return f"unknown variable; did you mean {nearest[0]}?" if nearest else "unknown variable"


def _read_file(given: dict[str, str], problems: dict[str, str], variable: str, field: str, path: str) -> None:
    try:
        with Path(path).open(encoding="utf-8") as file:
            given[field] = file.read(LONGEST_VALUE + 2).rstrip("\r\n")
    except (OSError, ValueError):
        problems[variable] = "the file it names can't be read as UTF-8 text"


def _take(values: dict[str, Any], problems: dict[str, str], name: str, raw: str, parse: Callable[[str], Any]) -> None:
    variable = PREFIX + name.upper()
    try:
        values[name] = parse(_clean(raw))
    except ValueError as error:
        problems[variable] = str(error)


def _clean(raw: str) -> str:
    if len(raw) > LONGEST_VALUE:
        raise ValueError(f"longer than {LONGEST_VALUE} characters")
    if not raw.strip():
        raise ValueError("empty; leave it out instead")
    if any(ord(c) < 0x20 or c == "\x7f" or c == "\ufeff" or 0xD800 <= ord(c) <= 0xDFFF for c in raw):
        raise ValueError("holds control characters or is not valid text")
    return raw


def _refuse_missing(values: dict[str, Any], problems: dict[str, str]) -> None:
    for name in ("secret_key", "base_url"):
        variable = PREFIX + name.upper()
        if name not in values and variable not in problems and f"{variable}_FILE" not in problems:
            problems[variable] = "missing"


def _refuse_contradictions(values: dict[str, Any], problems: dict[str, str]) -> None:
    env = values.get("env", Environment.PRODUCTION)
    key: str | None = values.get("stripe_secret_key")
    if env is Environment.PRODUCTION:
        if not values["base_url"].startswith("https://"):
            problems["PAYWALL_BASE_URL"] = "must begin with https:// in production"
        if key and "_test_" in key:
            problems["PAYWALL_STRIPE_SECRET_KEY"] = "is a test key, and PAYWALL_ENV is production"
    elif key and "_live_" in key:
        problems["PAYWALL_STRIPE_SECRET_KEY"] = f"is a live key, and PAYWALL_ENV is {env}"
    if key and env is not Environment.DEMO and not values.get("stripe_webhook_secrets"):
        problems["PAYWALL_STRIPE_WEBHOOK_SECRETS"] = "missing, and PAYWALL_STRIPE_SECRET_KEY is set"
    if values.get("stripe_api_base") and env is Environment.PRODUCTION:
        problems["PAYWALL_STRIPE_API_BASE"] = "has no place in production"


# --- one parser for each field: text in, value out, ValueError with a sentence that never repeats the value ---


def _secret_key(raw: str) -> str:
    if len(raw.encode()) < 32:
        raise ValueError(
            "shorter than 32 bytes; make one with: python3 -c 'import secrets; print(secrets.token_hex())'"
        )
    if len(set(raw)) < 8:
        raise ValueError("too easily guessed: fewer than 8 different characters")
    return raw


def _base_url(raw: str) -> str:
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


def _database_url(raw: str) -> str:
    try:
        url = make_url(raw)
        backend = url.get_backend_name()
    except Exception as error:
        raise ValueError("is not a database address") from error
    if backend not in ("sqlite", "postgresql", "postgres"):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return raw


def _meter_url(raw: str) -> str:
    if (
        raw.split("://")[0].split("+")[0] not in ("sqlite", "postgresql", "redis", "rediss", "memory")
        or "://" not in raw
    ):
        raise ValueError("must begin with sqlite:///, postgresql://, redis://, rediss:// or memory://")
    return raw


def _redis_url(raw: str) -> str:
    if urlsplit(raw).scheme not in ("redis", "rediss") or not urlsplit(raw).hostname:
        raise ValueError("must be an address such as redis://localhost:6379/0")
    return raw


def _stripe_secret_key(raw: str) -> str:
    if not raw.startswith(("sk_test_", "sk_live_", "rk_test_", "rk_live_")):
        raise ValueError(
            "must be a secret key (sk_…) or a restricted one (rk_…) with write access to customers, checkout, "
            "subscriptions, invoices, refunds, billing portal, prices, products and webhook endpoints"
        )
    return _word(raw)


def _stripe_webhook_secrets(raw: str) -> tuple[str, ...]:
    secrets = tuple(part.strip() for part in raw.split(","))
    if not all(secret.startswith("whsec_") and len(secret) > len("whsec_") + 8 for secret in secrets):
        raise ValueError("must be one or two signing secrets (whsec_…), separated by a comma")
    return secrets


def _stripe_api_base(raw: str) -> str:
    if urlsplit(raw).hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("must be a stand-in on this machine")
    return raw.rstrip("/")


def _smtp_url(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("must be an address such as smtps://user:password@mail.example.com:465")
    return raw


def _mail_sender(raw: str) -> str:
    if "@" not in raw or len(raw) > 320:
        raise ValueError("must be an address such as News <news@example.com>")
    return raw


def _trusted_proxies(raw: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in raw.split(","))
    except ValueError as error:
        raise ValueError("must be networks such as 10.0.0.0/8, separated by commas") from error


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(raw: str) -> int:
        if not (raw.isascii() and raw.isdigit() and len(raw) <= 9 and least <= int(raw) <= most):
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(raw)

    return parse


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if raw not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return raw

    return parse


def _tz(raw: str) -> str:
    try:
        return ZoneInfo(raw).key
    except Exception as error:
        raise ValueError("must be an IANA time zone such as Asia/Baku") from error


def _word(raw: str) -> str:
    if not (raw.isascii() and raw.replace("_", "").replace("-", "").isalnum()):
        raise ValueError("holds characters that have no place in it")
    return raw


_PARSERS: dict[str, Callable[[str], Any]] = {
    "secret_key": _secret_key,
    "base_url": _base_url,
    "env": lambda raw: Environment(_one_of(*Environment)(raw)),
    "database_url": _database_url,
    "meter_url": _meter_url,
    "redis_url": _redis_url,
    "stripe_secret_key": _stripe_secret_key,
    "stripe_webhook_secrets": _stripe_webhook_secrets,
    "stripe_api_base": _stripe_api_base,
    "smtp_url": _smtp_url,
    "mail_sender": _mail_sender,
    "trusted_proxies": _trusted_proxies,
    "meter_limit": _whole(0, 100_000),
    "reader_meter_limit": _whole(0, 100_000),
    "tz": _tz,
    "workers": _whole(1, 64),
    "drain": lambda raw: _one_of("on", "off")(raw) == "on",
    "log_level": _one_of("debug", "info", "warning", "error"),
    "gate_events_days": _whole(0, 3650),
}
assert set(_PARSERS) == {field.name for field in fields(Settings)}  # noqa: S101 - the table and the dataclass are one list
