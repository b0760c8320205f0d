"""A QR code as SVG that stands in a page under a strict policy: no style, no script, no picture from elsewhere."""

from dataclasses import dataclass

import segno

_QUIET = 4
"""Modules of white around it, as readers of codes want it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A code to be drawn: a square of so many modules, and the path of the dark ones."""

    size: int
    path: str


def picture_of(text: str) -> Picture:
    """Return the QR code of a text; up to a sixth of it may be covered (level M)."""
    matrix = segno.make(text, micro=False, error="m", boost_error=False).matrix
    rows = [_runs(number + _QUIET, bytes(row)) for number, row in enumerate(matrix)]
    return Picture(len(matrix) + 2 * _QUIET, "".join(rows))


def _runs(y: int, row: bytes) -> str:
    """Return the dark runs of one row, each a bar that is one module high."""
    text, start = "", None
    for x, is_dark in enumerate([*row, 0]):
        if is_dark and start is None:
            start = x
        elif not is_dark and start is not None:
            text += f"M{start + _QUIET} {y}h{x - start}v1h-{x - start}z"
            start = None
    return text
