"""Reading single fields: ids that may be whole objects, seconds that may be missing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Json = Mapping[str, Any]


def id_of(value: object) -> str | None:
    """Return the id of what Stripe may have given as an id or as the whole object."""
    if isinstance(value, Mapping):
        value = value.get("id")
    return value if isinstance(value, str) and value else None


def whole(value: object) -> Json:
    """Return an object that was asked for whole; empty where Stripe gave only its id, or nothing."""
    return value if isinstance(value, Mapping) else {}


def rows(value: object) -> list[Json]:
    """Return the objects of a list inside an object; empty where there is none, or where it holds only ids."""
    found = value.get("data") if isinstance(value, Mapping) else value
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def at(seconds: int) -> datetime:
    """Return Stripe's seconds since 1970 as an aware UTC time."""
    return datetime.fromtimestamp(seconds, UTC)


def maybe_at(seconds: int | None) -> datetime | None:
    """Return the same, or None where Stripe says nothing."""
    return at(seconds) if seconds else None
