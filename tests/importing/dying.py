"""Work that is killed at one statement after another."""

from collections.abc import Callable

import pytest
from sqlalchemy import event

from tests.importing.files import Desk


class Crash(Exception):
    """The process dies here."""


def die_again_and_again(desk: Desk, carry_on: Callable[[], object]) -> None:
    """Carry something on and die at some statement, each time a little later, until a step of it came to its end."""
    for step in range(1, 400, 7):
        if not _dies_at(desk, carry_on, step):
            break
    else:
        pytest.fail("it never came to its end")
    assert step > 7


def _dies_at(desk: Desk, carry_on: Callable[[], object], step: int) -> bool:
    """Carry it on and die at the `step`-th statement; returns whether it came so far."""
    left = [step]

    def count(*_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Crash

    event.listen(desk.database.engine, "before_cursor_execute", count)
    try:
        carry_on()
    except Crash:
        return True
    finally:
        event.remove(desk.database.engine, "before_cursor_execute", count)
    return False
