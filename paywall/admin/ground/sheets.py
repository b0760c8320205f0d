"""Tables as CSV: streamed, in UTF-8 with a byte order mark, in cells that no spreadsheet takes for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from flask import Response

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - some programs take these too
AT_ONCE = 1_000

Cells = Sequence[str]


def sheet(header: Cells, rows: Iterable[Cells]) -> Iterator[bytes]:
    """Yield the table piece by piece, a thousand rows in each; `rows` may be made while they are sent."""
    yield "\ufeff".encode() + _written([header])
    rest = iter(rows)
    while some := list(islice(rest, AT_ONCE)):
        yield _written(some)


def as_csv(name: str, chunks: Iterable[bytes]) -> Response:
    """Return what `sheet` yields as a file to be kept; `name` is plain ASCII without `.csv`."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(chunks, mimetype="text/csv", headers=headers)


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe goes before what looks like one."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def time_cell(moment: datetime | None) -> str:
    """Return a moment to the second, with its offset; empty for none."""
    return moment.isoformat(timespec="seconds") if moment else ""


def _written(rows: Iterable[Cells]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(tuple(map(harmless, row)) for row in rows)
    return text.getvalue().encode()
