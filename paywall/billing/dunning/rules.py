"""When a reader whose payment failed is reminded: pure rules, times aware UTC."""

from dataclasses import dataclass
from datetime import datetime, timedelta

DAYS = (0, 3, 7, 13)
"""Days after the first failed attempt."""

_FIRST_FOR_DAYS = 3
"""How long the first word is worth sending where no grace period follows."""


@dataclass(frozen=True, slots=True)
class Step:
    """A reminder: how many days after the failure, and whether it is the last one."""

    day: int
    is_last: bool


def due_step(failed_at: datetime, grace_days: int, now: datetime) -> Step | None:
    """Return the latest reminder that is due within the grace period; None after it. The first is due once it is known.

    Only the latest one: after a long stop a reader gets one reminder, not all that were missed.
    """
    planned = [day for day in DAYS if day == 0 or day < grace_days]
    if now >= failed_at + timedelta(days=max(grace_days, _FIRST_FOR_DAYS)):
        return None
    come = [day for day in planned if day == 0 or failed_at + timedelta(days=day) <= now]
    return Step(come[-1], is_last=len(planned) > 1 and come[-1] == planned[-1])
