"""The views of one reader in one window, packed into a short row, and what may be done with them. Pure rules.

A view is stored as the first six bytes of the article id's BLAKE2b digest, in a rolling window with the second it
was taken beside it (four bytes, good until 2106). So a row needs 6 or 10 bytes a view whatever the ids look like, ten
views still fit the 64 bytes up to which Redis keeps a hash packed, and an article that was never read is taken for
one of ten read ones once in 28,000,000,000,000 tries.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b

from paywall.meter.windows import Window

DIGEST_BYTES = 6
TIME_BYTES = 4


@dataclass(frozen=True, slots=True)
class Views:
    """Distinct articles opened in `window`; `packed` holds one short record for each, in the order they came."""

    packed: bytes
    window: Window

    @property
    def width(self) -> int:
        """Bytes of one record."""
        return DIGEST_BYTES if self.window.lasts is None else DIGEST_BYTES + TIME_BYTES

    def __len__(self) -> int:
        return len(self.packed) // self.width

    def __contains__(self, article: str) -> bool:
        wanted, width = digest(article), self.width
        found = self.packed.find(wanted)
        while found % width and found >= 0:  # across two records is not a find
            found = self.packed.find(wanted, found + 1)
        return found >= 0

    @property
    def resets_at(self) -> datetime:
        """When a view comes back: the calendar window's end, or when the oldest rolling view leaves."""
        if self.window.lasts is None or not self.packed:
            return self.window.resets_at
        return datetime.fromtimestamp(min(_times(self).values()), UTC) + self.window.lasts

    def taking(self, article: str) -> "Views":
        """Return these views and one of `article`, taken now."""
        record = digest(article)
        if self.window.lasts is not None:
            taken_at = self.window.resets_at - self.window.lasts
            record += int(taken_at.timestamp()).to_bytes(TIME_BYTES, "big")
        return replace(self, packed=self.packed + record)

    def united(self, other: "Views") -> "Views":
        """Return the views in either; of an article in both, the one that stays longer."""
        mine, theirs = _times(self), _times(other)
        times = {**mine, **{article: max(at, mine.get(article, at)) for article, at in theirs.items()}}
        return replace(self, packed=_pack(times, self.width))

    def live(self) -> "Views":
        """Return the views that have not left by now; in a calendar window that is all of them."""
        if self.window.lasts is None:
            return self
        left = int(self.window.starts_at.timestamp())
        return replace(self, packed=_pack({a: at for a, at in _times(self).items() if at > left}, self.width))


def unpack(packed: bytes | None, window: Window) -> Views:
    """Return the views of a stored row that still count in `window`; no row is no views."""
    return Views(packed or b"", window).live()


@lru_cache(maxsize=10_000)
def digest(article: str) -> bytes:
    """Return the short name under which an article is stored."""
    return blake2b(article.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest()


def lasts_until(window: Window, slack: timedelta) -> int:
    """Return the epoch second after which a row written now can be deleted."""
    return int((window.resets_at + slack).timestamp())


def _times(views: Views) -> dict[bytes, int]:
    """Map each article's digest to the epoch second of its view (0 in a calendar window)."""
    packed, width = views.packed, views.width
    records = (packed[start : start + width] for start in range(0, len(packed), width))
    return {record[:DIGEST_BYTES]: int.from_bytes(record[DIGEST_BYTES:], "big") for record in records}


def _pack(times: dict[bytes, int], width: int) -> bytes:
    extra = width - DIGEST_BYTES
    return b"".join(article + at.to_bytes(extra, "big") for article, at in times.items())
