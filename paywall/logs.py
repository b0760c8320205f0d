"""Logs: one line of JSON an event, and never a secret, a token or a whole e-mail address in it."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET_WORDS = ("password", "secret", "token", "cookie", "authorization", "signature", "card")
_HIDDEN = "[hidden]"
_PATTERNS = (
    (re.compile(r"\b(?:pw_)?(?:sk|rk|whsec|pk)_[A-Za-z0-9_-]{6,}"), _HIDDEN),
    (re.compile(r"(://[^:/@\s]+:)[^@\s]+@"), r"\1[hidden]@"),
    (re.compile(r"([^\s@'\"<>(),:;=/])[^\s@'\"<>(),:;=/]*@([\w.-]+\.\w{2,})"), r"\1…@\2"),
    (re.compile(r"(Failing row contains \().*"), r"\1[hidden])"),
    (re.compile(r"/(reset-password|confirm)/[^\s?\"']+"), r"/\1/[hidden]"),
)


def configure(level: str, *, pretty: bool = False) -> None:
    """Send this process's logs to standard error: JSON lines, or for people where `pretty`."""
    renderer = structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            hide_secrets,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: StandardError(),
        cache_logger_on_first_use=True,
    )


class StandardError:
    """Writes each line to what standard error is at that moment: it may be another one later (tests, daemons)."""

    def msg(self, line: str) -> None:
        """Write one line."""
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - this is where log lines leave

    debug = info = warning = error = critical = msg


def hide_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blot out what must not be in a log line, by the field's name and by the look of its text."""
    for key, value in event.items():
        if any(word in key.lower() for word in _SECRET_WORDS):
            event[key] = _HIDDEN
        elif isinstance(value, str):
            event[key] = scrub(value)
    return event


def scrub(text: str) -> str:
    """Return `text` without keys, tokens and whole e-mail addresses."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text
