"""What the pages of operations share: the rooms beside each other, and which pile was asked for."""

from enum import StrEnum
from typing import TypeVar

from flask import request

from paywall.errors import BadInput

HOME = "/admin/operations"
_ROOMS = (
    (HOME, "How it runs"),
    (f"{HOME}/events", "Events from Stripe"),
    (f"{HOME}/mails", "Mails"),
    (f"{HOME}/reports", "Comparisons"),
)
Word = TypeVar("Word", bound=StrEnum)


class NoSuchPile(BadInput):
    """The address line asks for a pile that there is not."""

    status = 400


def rooms() -> list[tuple[str, str, bool]]:
    """Return path, words and whether this page is there, for each room of operations."""
    return [(path, words, _is_here(path)) for path, words in _ROOMS]


def _is_here(path: str) -> bool:
    is_below = path != HOME and request.path.startswith(f"{path}/")
    return request.path == path or is_below


def pile_in(kind: type[Word]) -> Word | None:
    """Return the pile that the address line names, None for all; raises NoSuchPile."""
    written = request.args.get("pile", "")
    if not written:
        return None
    try:
        return kind(written)
    except ValueError as error:
        raise NoSuchPile("pile", "There is no such pile.") from error
