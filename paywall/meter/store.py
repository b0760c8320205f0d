"""What counting promises, whichever engine keeps the rows.

The rules are written once, here: read the row, decide, and when a view is taken, swap the row for its successor, which
the engine does in one atomic step and only if the row is still the one that was read. Whoever loses that race reads
and decides again. So nothing is ever locked across two calls, and re-reading or being refused costs one read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple, Protocol

from paywall.errors import Unavailable
from paywall.meter.views import Views, lasts_until, unpack
from paywall.meter.windows import Window

SLACK = timedelta(days=1)
"""How long a row outlives its window, so that a process whose clock is behind still finds it."""
MOST_RACES = 10_000
NEVER_WRITTEN = 0
"""The end of a row that is only read."""


class MeterUnavailable(Unavailable):
    """The meter's store can't be reached just now."""

    code = "meter_unavailable"


@dataclass(frozen=True, slots=True)
class NetworkLine:
    """The softer, second cap: at most `cap` distinct articles newly opened through the network that `key` names."""

    key: str
    cap: int


class Admission(NamedTuple):
    """Whether the article may be read (`opened`), and whether this very call took a view for it (`newly`).

    `views_used` counts the distinct articles of the window; `resets_at` is when the count next falls (aware UTC).
    """

    opened: bool
    newly: bool
    views_used: int
    resets_at: datetime


class Row(NamedTuple):
    """Where one packed value lives: `holder` is a 16-byte digest, `expires_at` an epoch second.

    `small` rows hold a reader's few views of a calendar window, the others may grow or be prolonged.
    """

    holder: bytes
    window: str
    expires_at: int
    small: bool


class Rows(Protocol):
    """An engine: packed values by row, shared by any number of threads and processes.

    Each call is atomic, sees what every earlier finished call wrote, and stays right when it is repeated after a lost
    connection or used in a forked child. Whatever keeps the engine from answering is MeterUnavailable, within seconds.
    Expiry only saves room: a row may stay past `expires_at` for ever, and no engine asks for the time.
    """

    def read(self, row: Row) -> bytes | None:
        """Return the packed value, None where there is no row."""
        ...

    def swap(self, row: Row, old: bytes | None, new: bytes) -> bool:
        """Replace `old` (None: no row) by `new`; return False, having written nothing, if it is no longer there."""
        ...

    def delete(self, holder: bytes) -> None:
        """Delete the holder's rows of every window."""
        ...

    def sweep(self, now: int) -> int:
        """Delete rows that expired by the epoch second `now`; return how many (0 where the engine does it itself)."""
        ...

    def ping(self) -> None:
        """Return if the engine answers."""
        ...


class MeterStore:
    """The meter itself. One instance serves all threads of a process; any number of processes may share the rows.

    `reader` is an opaque key that already names publisher, meter and who ("p1:m1:r42"); `article` is the publisher's
    id. Both may be any text: only digests are stored. Windows carry aware UTC. Every method raises MeterUnavailable
    when the engine can't be reached; then a view may or may not have been taken, and asking again takes no second one.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def admit(
        self, reader: str, article: str, allowance: int, window: Window, *, network: NetworkLine | None = None
    ) -> Admission:
        """Open the article if it is open already, else take one view for it if one is left. One atomic step.

        Of any number of concurrent calls exactly as many take a view as the allowance has room for, and one article
        never takes two. The allowance is judged as it stands: a lower one shuts no article already opened. The
        network line is touched only when a view is about to be taken; over its cap the article stays shut. Past the
        allowance nothing is written. (A call that loses the reader's last view to a parallel one may leave its article
        counted on the network line, never on the reader's.)
        """
        row = _row_of_reader(reader, window)
        for _ in range(MOST_RACES):
            packed = self._rows.read(row)
            views = unpack(packed, window)
            if article in views:
                return _admission(views, opened=True)
            if len(views) >= allowance or (network and not self._passes(network, article, window)):
                return _admission(views, opened=False)
            taken = views.taking(article)
            if self._rows.swap(row, packed, taken.packed):
                return _admission(taken, opened=True, newly=True)
        raise MeterUnavailable

    def peek(self, reader: str, article: str, window: Window) -> Admission:
        """Say whether the article is open already. Never takes a view, never writes (HEAD, prefetch, count=false)."""
        row = Row(_holder("reader", reader), window.key, NEVER_WRITTEN, window.lasts is None)
        views = unpack(self._rows.read(row), window)
        return _admission(views, opened=article in views)

    def unite(self, source: str, target: str, window: Window) -> None:
        """Add the source's articles to the target's: a union of distinct articles, past any allowance if need be.

        Doing it again changes nothing; the source keeps its views. A view that the source takes while this runs may be
        missed, and comes with the next call.
        """
        given = unpack(self._rows.read(_row_of_reader(source, window)), window)
        if given.packed:
            self._change(_row_of_reader(target, window), window, lambda views: views.united(given))

    def forget(self, reader: str) -> None:
        """Delete what is kept of the reader, in every window. Network lines hold nobody's name and stay."""
        self._rows.delete(_holder("reader", reader))

    def sweep(self, now: datetime) -> int:
        """Delete the rows whose window ended a day before the aware instant `now`; return how many."""
        return self._rows.sweep(int(now.timestamp()))

    def ping(self) -> None:
        """Return if the engine answers, else raise MeterUnavailable."""
        self._rows.ping()

    def _passes(self, network: NetworkLine, article: str, window: Window) -> bool:
        """Count the article on the network line, unless that is full; one already counted there always passes."""
        row = _row_of_network(network.key, window)
        counted = self._change(
            row, window, lambda views: views if article in views or len(views) >= network.cap else views.taking(article)
        )
        return article in counted

    def _change(self, row: Row, window: Window, change: Callable[[Views], Views]) -> Views:
        """Swap the row's views for `change(views)`, again and again until no one else came between."""
        for _ in range(MOST_RACES):
            packed = self._rows.read(row)
            views = unpack(packed, window)
            changed = change(views)
            if changed == views or self._rows.swap(row, packed, changed.packed):
                return changed
        raise MeterUnavailable


def _admission(views: Views, *, opened: bool, newly: bool = False) -> Admission:
    return Admission(opened, newly, len(views), views.resets_at)


def _row_of_reader(reader: str, window: Window) -> Row:
    return Row(_holder("reader", reader), window.key, lasts_until(window, SLACK), small=window.lasts is None)


def _row_of_network(key: str, window: Window) -> Row:
    return Row(_holder("network", key), window.key, lasts_until(window, SLACK), small=False)


@lru_cache(maxsize=20_000)  # whoever turns pages is asked about again and again
def _holder(kind: str, key: str) -> bytes:
    return blake2b(f"{kind}:{key}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
