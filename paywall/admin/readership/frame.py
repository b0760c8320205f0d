"""The frame of the three pages of readership: links between them, what was typed, what was wrong with it."""

from datetime import date
from typing import Any

from flask import Response, request

from paywall import clock
from paywall.admin.ground.pages import page
from paywall.errors import BadInput

PATH = "/admin/readership"
_ROOMS = ((PATH, "Wall to payment"), (f"{PATH}/meter", "Meter now"), (f"{PATH}/what-if", "What if"))
_LONGEST = 40


def readership_page(template: str, wrong: BadInput | None, given: dict[str, str], **values: Any) -> Response:  # noqa: ANN401 - templates take anything
    """Return a page; where something is `wrong` with 400, and the form as it was typed instead of `given`."""
    errors = {wrong.field: wrong.sentence} if wrong else {}
    typed = {name: value[:_LONGEST] for name, value in request.args.items()} if wrong else {}
    rooms = [(path, words, path == request.path) for path, words in _ROOMS]
    status = 400 if wrong else 200
    return page(f"readership/{template}", status, errors=errors, given=given | typed, rooms=rooms, **values)


def today() -> date:
    """Return the day it is in UTC, by which views are counted."""
    return clock.now().date()
