"""The one clock: nothing else in the product asks for the time.

`now()` is business time: what a billing period, an embargo or a meter window is judged by. It may run ahead of
`wall()` by an offset that only grows (the demo turns it to play a year in a minute). `wall()` is the machine's own
time, for signatures, leases and cookies, which other machines judge too. Both are aware datetimes in UTC.

Processes that live by the same turned clock share the offset by a small file (`follow`): one turns, the others look
there a few times a second.
"""

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

LOOK_SECONDS = 0.2

_turning = threading.Lock()
_offset = timedelta()
_file: Path | None = None
_look_again_at = 0.0


def wall() -> datetime:
    """Return the machine's time, in UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """Return business time, in UTC."""
    if _file is not None and time.monotonic() >= _look_again_at:
        look()
    return datetime.now(UTC) + _offset


def follow(file: Path) -> None:
    """Share the offset with every process that follows this file; it need not exist yet.

    Raises ValueError for a file that holds something else.
    """
    global _file  # noqa: PLW0603 - the clock is the one piece of state that the whole process shares
    _offset_in(file)
    _file = file
    look()


def look() -> None:
    """Take the offset that another process has written, if it has grown."""
    global _offset, _look_again_at  # noqa: PLW0603 - see above
    _look_again_at = time.monotonic() + LOOK_SECONDS
    if _file is not None:
        _offset = max(_offset, _offset_in(_file))


def advance(by: timedelta) -> None:
    """Turn business time forward by `by`, for every process that follows the same file.

    Raises ValueError for a negative step: time that has been seen is never taken back.
    """
    global _offset  # noqa: PLW0603 - see above
    if by < timedelta():
        msg = "business time only moves forward"
        raise ValueError(msg)
    with _turning:
        look()
        _offset += by
        if _file is not None:
            _keep(_file, _offset)


def _offset_in(file: Path) -> timedelta:
    """Return the offset kept in the file, as whole or broken seconds; nothing is kept in one that is not there."""
    try:
        return timedelta(seconds=float(file.read_text()))
    except FileNotFoundError:
        return timedelta()
    except (OverflowError, UnicodeDecodeError) as error:
        msg = "the clock's file does not hold a number of seconds"
        raise ValueError(msg) from error


def _keep(file: Path, offset: timedelta) -> None:
    """Replace the file in one step, so that nobody reads half a number."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    beside.write_text(str(offset.total_seconds()))
    beside.replace(file)
