"""The table of operations: each names its method, path, parameters and handler; what is common is built here once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import CREATED, PAGING, Filter, Render, page
from paywall.sandbox.wire.params import Declared

Handler = Callable[[Work, Json], Json]


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of the API. The handler gets the checked parameters; those in the path are among them."""

    method: str
    path: str
    handler: Handler
    params: Declared = field(default_factory=dict)


def listing(path: str, kind: str, filters: Mapping[str, Filter] | None = None) -> Operation:
    """Declare the list of a kind; every list takes the paging parameters and `created`."""
    known = {"created": CREATED, **(filters or {})}

    def handler(work: Work, params: Json) -> Json:
        conditions = [known[name].condition(value) for name, value in params.items() if name in known]
        return page(work, kind, path, params, conditions)

    return Operation("GET", path, handler, {**PAGING, **{name: each.check for name, each in known.items()}})


def retrieving(path: str, kind: str, render: Render | None = None) -> Operation:
    """Declare the retrieval of one object by `<id>`."""

    def handler(work: Work, params: Json) -> Json:
        found = work.get(kind, params["id"])
        return render(work, found) if render else found

    return Operation("GET", path, handler)
