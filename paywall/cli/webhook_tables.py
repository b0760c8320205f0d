"""Endpoints and deliveries of `paywall webhooks` as tables."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from paywall.telling.listing import DeliveryFacts, EndpointFacts

_WIDE = 200


def print_endpoints(found: "Sequence[EndpointFacts]") -> None:
    """Print a line for each endpoint; those that are told nothing are dim."""
    table = _table("id", "address", "hears of", "state", "waiting", "for")
    for one in found:
        table.add_row(*_endpoint_cells(one), style="dim" if one.disabled_because else None)
    _print(table)


def print_deliveries(found: "Sequence[DeliveryFacts]") -> None:
    """Print a line for each delivery."""
    table = _table("number", "to", "event", "reader", "began", "state", "tries", "last answer")
    for one in found:
        table.add_row(*_delivery_cells(one))
    _print(table)


def _endpoint_cells(one: "EndpointFacts") -> tuple[str, ...]:
    hears = ", ".join(turn.removeprefix("access.") for turn in one.turns) or "everything"
    email = " with e-mail" if one.with_email else ""
    return one.public_id, one.url, hears + email, _state(one), str(one.waiting), one.description


def _state(one: "EndpointFacts") -> str:
    if one.disabled_because:
        return f"disabled: {one.disabled_because}"
    return f"failing since {one.failing_since:%Y-%m-%d %H:%M}" if one.failing_since else "well"


def _delivery_cells(one: "DeliveryFacts") -> tuple[str, ...]:
    last = one.attempts[-1] if one.attempts else None
    said = "" if last is None else last.error or f"{last.status} in {last.milliseconds} ms"
    state = f"again {one.due_at:%m-%d %H:%M}" if one.due_at and one.attempts else str(one.state)
    began = f"{one.began_at:%Y-%m-%d %H:%M}"
    return str(one.number), one.endpoint, one.turn, str(one.reader_id or ""), began, state, str(len(one.attempts)), said


def _table(first: str, *others: str) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Column, Table

    columns = [Column(name, overflow="fold") for name in others]
    return Table(Column(first, no_wrap=True), *columns, box=SIMPLE_HEAD)


def _print(table: "Table") -> None:
    from rich.console import Console

    Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else _WIDE).print(table)
