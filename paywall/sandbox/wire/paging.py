"""Lists: newest first, filtered by declared conditions, turned page by page with Stripe's cursors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from paywall.sandbox.state.errors import invalid
from paywall.sandbox.state.shapes import Json, list_of
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.params import Check, integer, moments, text

Condition = tuple[str, list[Any]]
Render = Callable[[Work, Json], Json]

PAGING: dict[str, Check] = {"limit": integer(1, 100), "starting_after": text(), "ending_before": text()}
_USUAL_LIMIT = 10
_COMPARISONS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


@dataclass(frozen=True)
class Filter:
    """A parameter of a list: how it is checked, and the SQL condition it becomes."""

    check: Check
    condition: Callable[[Any], Condition]


def equals(expression: str, check: Check | None = None) -> Filter:
    """Filter by a column, or by a JSON path that starts with `$`."""
    column = f"json_extract(body, '{expression}')" if expression.startswith("$") else expression
    return Filter(check or text(), lambda value: (f"{column} = ?", [value]))


def _within(bounds: Mapping[str, int]) -> Condition:
    parts = [f"created {_COMPARISONS[word]} ?" for word in bounds]
    return " AND ".join(parts) or "1", list(bounds.values())


CREATED = Filter(moments, _within)


def page(  # noqa: PLR0913 - a page is exactly these facts
    work: Work, kind: str, url: str, params: Json, conditions: list[Condition], *, render: Render | None = None
) -> Json:
    """Return one page of the objects for which all conditions hold."""
    limit = params.get("limit", _USUAL_LIMIT)
    backwards = "ending_before" in params
    where, values = _joined([*conditions, *_cursor(work, kind, params)])
    rows = work.store.select(
        kind, where, values, tail=f"ORDER BY seq {'ASC' if backwards else 'DESC'} LIMIT {limit + 1}"
    )
    shown = rows[:limit]
    if backwards:
        shown.reverse()
    data = [render(work, row) for row in shown] if render else shown
    return list_of(data, url, has_more=len(rows) > limit)


def _joined(conditions: list[Condition]) -> Condition:
    parts = [f"({sql})" for sql, _ in conditions]
    return " AND ".join(parts) or "1", [value for _, values in conditions for value in values]


def _cursor(work: Work, kind: str, params: Json) -> list[Condition]:
    if "starting_after" in params and "ending_before" in params:
        raise invalid("You can only specify one of these parameters: starting_after, ending_before.", "ending_before")
    for name, sign in (("starting_after", "<"), ("ending_before", ">")):
        if name in params:
            work.get(kind, params[name], name)
            return [(f"seq {sign} (SELECT seq FROM objects WHERE id = ?)", [params[name]])]  # noqa: S608 - our own words
    return []
