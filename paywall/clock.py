"""The one clock: nothing else in the product asks for the time.

`now()` is business time: what a billing period, an embargo or a meter window is judged by. It may run ahead of
`wall()` by an offset that only grows (the demo turns it to play a year in a minute). `wall()` is the machine's own
time, for signatures, leases and cookies, which other machines judge too. Both are aware datetimes in UTC.
"""

from datetime import UTC, datetime, timedelta

_offset = timedelta()


def wall() -> datetime:
    """Return the machine's time, in UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """Return business time, in UTC."""
    return datetime.now(UTC) + _offset


def advance(by: timedelta) -> None:
    """Turn business time forward by `by`.

    Raises ValueError for a negative step: time that has been seen is never taken back.
    """
    global _offset  # noqa: PLW0603 - the clock is the one piece of state that the whole process shares
    if by < timedelta():
        msg = "business time only moves forward"
        raise ValueError(msg)
    _offset += by
