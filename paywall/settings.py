"""The environment, read once into one frozen `Settings`; a bad value is refused by the variable's name.

Every variable begins with `PAYWALL_`; `PAYWALL_X_FILE` names a file that holds X (for secrets mounted by a container
platform). Values are never printed. Publishers' own choices (allowances, invitations) live in the database instead.
"""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from paywall import settings_values as values
from paywall.settings_values import Network

PREFIX = "PAYWALL_"
EXIT_BAD_CONFIGURATION = 78  # EX_CONFIG of sysexits.h
EXIT_TRY_LATER = 75  # EX_TEMPFAIL


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
    outgoing_hosts: tuple[str, ...] = ()
    meter_limit: int = 5
    reader_meter_limit: int = 10
    tz: str = "UTC"
    workers: int = 1
    drain: bool = True
    log_level: str = "info"
    gate_events_days: int = 90
    readership_days: int = 60
    payments_silent_hours: int = 24
    clock_file: Path | None = None

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
    url = values.parsed(database_url)
    if url.get_backend_name() != "sqlite":
        return database_url
    if not url.database or url.database == ":memory:":
        return "memory://"
    return f"sqlite:///{Path(url.database).with_suffix('.meter.sqlite3')}"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings that `environ` describes; raises BadSettings naming every bad variable at once."""
    problems: dict[str, str] = {}
    found: dict[str, Any] = {}
    given = _given(environ, problems)
    for name, parse in _PARSERS.items():
        raw = given.get(name)
        if raw is not None:
            _take(found, problems, name, raw, parse)
    _refuse_missing(found, problems)
    if not problems:
        _refuse_contradictions(found, problems)
    if problems:
        raise BadSettings(problems)
    return Settings(**found)


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
            given[field] = file.read(values.LONGEST + 2).rstrip("\r\n")
    except (OSError, ValueError):
        problems[variable] = "the file it names can't be read as UTF-8 text"


def _take(found: dict[str, Any], problems: dict[str, str], name: str, raw: str, parse: Callable[[str], Any]) -> None:
    variable = PREFIX + name.upper()
    try:
        found[name] = parse(values.clean(raw))
    except ValueError as error:
        problems[variable] = str(error)


def _refuse_missing(found: dict[str, Any], problems: dict[str, str]) -> None:
    for name in ("secret_key", "base_url"):
        variable = PREFIX + name.upper()
        if name not in found and variable not in problems and f"{variable}_FILE" not in problems:
            problems[variable] = "missing"


def _refuse_contradictions(found: dict[str, Any], problems: dict[str, str]) -> None:
    env = found.get("env", Environment.PRODUCTION)
    key: str | None = found.get("stripe_secret_key")
    if env is Environment.PRODUCTION:
        if not found["base_url"].startswith("https://"):
            problems["PAYWALL_BASE_URL"] = "must begin with https:// in production"
        if key and "_test_" in key:
            problems["PAYWALL_STRIPE_SECRET_KEY"] = "is a test key, and PAYWALL_ENV is production"  # noqa: S105 - a sentence
    elif key and "_live_" in key:
        problems["PAYWALL_STRIPE_SECRET_KEY"] = f"is a live key, and PAYWALL_ENV is {env}"
    if key and env is not Environment.DEMO and not found.get("stripe_webhook_secrets"):
        problems["PAYWALL_STRIPE_WEBHOOK_SECRETS"] = "missing, and PAYWALL_STRIPE_SECRET_KEY is set"
    if found.get("stripe_api_base") and env is Environment.PRODUCTION:
        problems["PAYWALL_STRIPE_API_BASE"] = "has no place in production"
    if found.get("clock_file") and env is Environment.PRODUCTION:
        problems["PAYWALL_CLOCK_FILE"] = "has no place in production, where time is not turned"


_PARSERS: dict[str, Callable[[str], Any]] = {
    "secret_key": values.secret_key,
    "base_url": values.base_url,
    "env": lambda raw: Environment(values.one_of(*Environment)(raw)),
    "database_url": values.database_url,
    "meter_url": values.meter_url,
    "redis_url": values.redis_url,
    "stripe_secret_key": values.stripe_secret_key,
    "stripe_webhook_secrets": values.stripe_webhook_secrets,
    "stripe_api_base": values.stripe_api_base,
    "smtp_url": values.smtp_url,
    "mail_sender": values.mail_sender,
    "trusted_proxies": values.trusted_proxies,
    "outgoing_hosts": values.outgoing_hosts,
    "meter_limit": values.whole(0, 100_000),
    "reader_meter_limit": values.whole(0, 100_000),
    "tz": values.tz,
    "workers": values.whole(1, 64),
    "drain": lambda raw: values.one_of("on", "off")(raw) == "on",
    "log_level": values.one_of("debug", "info", "warning", "error"),
    "gate_events_days": values.whole(0, 3650),
    "readership_days": values.whole(0, 3650),
    "payments_silent_hours": values.whole(0, 720),
    "clock_file": values.clock_file,
}
assert set(_PARSERS) == {field.name for field in fields(Settings)}  # noqa: S101 - the table and the dataclass are one list
