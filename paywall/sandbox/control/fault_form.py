"""Faults by a form: the same words as in the tests, over HTTP."""

import threading
from collections.abc import Mapping

from paywall.sandbox.faults import Faults
from paywall.sandbox.operations import OPERATIONS
from paywall.sandbox.state.errors import invalid

KINDS = ("status", "delay", "hang", "gate", "truncate", "drop_before", "drop_after_commit", "dup", "reorder")
_WITH_NUMBER = {"status": (100, 599), "delay": (0, 600), "truncate": (0, 1_000_000)}
_MOST_TIMES = 10_000
ROUTES = ("*", "webhook *", *sorted(f"{each.method} {each.path}" for each in OPERATIONS))


def add_fault(faults: Faults, form: Mapping[str, str]) -> None:
    """Add the fault that a form describes: `route`, `kind`, `value` for kinds that have one, `times` (empty: always).

    What hangs or stands at a gate goes on when the faults are cleared. Raises ApiError naming the field that is wrong.
    """
    route, kind = form.get("route", "").strip(), form.get("kind", "")
    if route not in ROUTES and not route.startswith("webhook "):
        raise invalid("There is no such route.", "route")
    if kind not in KINDS:
        raise invalid(f"A fault is one of {', '.join(KINDS)}.", "kind")
    value: object = threading.Event() if kind == "gate" else True
    if kind in _WITH_NUMBER:
        value = _number(form, "value", *_WITH_NUMBER[kind])
    times = _number(form, "times", 1, _MOST_TIMES) if form.get("times", "").strip() else None
    faults.add(route, **{kind: value, "times": times})


def _number(form: Mapping[str, str], name: str, least: int, most: int) -> int:
    raw = form.get(name, "").strip()
    if not (raw.isascii() and raw.isdigit() and len(raw) <= len(str(most)) and least <= int(raw) <= most):
        raise invalid(f"Write a whole number from {least} to {most}.", name)
    return int(raw)
