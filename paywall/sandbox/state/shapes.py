"""The blank form of every object the sandbox answers, kept as data in `shapes.json`.

A shape holds the fields that are always there with the value they have when nobody set them. What is particular to one
object (its id, its amounts, its owner) is passed to `shape()` by the module of the resource.
"""

import json
from importlib.resources import files
from typing import Any

Json = dict[str, Any]

API_VERSION = "2026-10-28.endive"

_READ: dict[str, Json] = json.loads(files(__package__).joinpath("shapes.json").read_text("utf-8"))
_SHAPES = {kind: json.dumps(blank) for kind, blank in _READ.items()}  # read anew each time: nothing is shared


def shape(kind: str, **fields: Any) -> Json:  # noqa: ANN401 - wire values are any JSON
    """Return a new object of the kind named, its blank fields overwritten by those given."""
    blank: Json = json.loads(_SHAPES[kind])
    return {**blank, **fields}


def list_of(data: list[Json], url: str, *, has_more: bool = False) -> Json:
    """Return the list object that Stripe wraps around several objects."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}
