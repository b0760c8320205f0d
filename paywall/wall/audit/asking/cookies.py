"""Cookies that say something in plain words, as whoever holds them might edit them."""

import re
from collections.abc import Mapping
from copy import copy
from http.cookiejar import Cookie

import httpx

EDITS: tuple[Mapping[str, str], ...] = (
    {"number": "0", "no": "true", "yes": "false", "role": "subscriber"},
    {"number": "-99", "no": "1", "yes": "0", "role": "premium"},
)
_KINDS = {
    "number": re.compile(r"-?\d{1,3}"),
    "no": re.compile(r"false|no|off", re.IGNORECASE),
    "yes": re.compile(r"true|yes|on", re.IGNORECASE),
    "role": re.compile(r"free|guest|anonymous|visitor|anon|none|basic", re.IGNORECASE),
}


def edited(jar: httpx.Cookies, change: Mapping[str, str]) -> httpx.Cookies | None:
    """Return the cookies with every plain value changed; None where there is none to change."""
    edits = [(cookie, _kind(cookie)) for cookie in jar.jar]
    if not any(kind for _, kind in edits):
        return None
    changed = httpx.Cookies()
    for cookie, kind in edits:
        other = copy(cookie)
        other.value = change[kind] if kind else cookie.value
        changed.jar.set_cookie(other)
    return changed


def _kind(cookie: Cookie) -> str | None:
    return next((kind for kind, pattern in _KINDS.items() if pattern.fullmatch(cookie.value or "")), None)
