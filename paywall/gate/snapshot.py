"""What this process saw of readers' rights, for the time while the database can't be reached."""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple

from paywall.changes import Change, ChangeKind
from paywall.entitlements.reading import ReaderRights
from paywall.gate.passes import Pass

KEPT_FOR = timedelta(hours=24)
MOST_READERS = 50_000


class _Seen(NamedTuple):
    reader_id: int
    rights: ReaderRights
    at: datetime


class Snapshot:
    """Rights by sign-in, forgotten when either ends. Safe to share between threads."""

    def __init__(self, most_readers: int = MOST_READERS) -> None:
        self._most_readers = most_readers
        self._lock = Lock()
        self._seen: OrderedDict[int, _Seen] = OrderedDict()

    def remember(self, reader_id: int, sign_in_id: int, rights: ReaderRights, at: datetime) -> None:
        """Keep what was just read from the database, at wall time `at`."""
        with self._lock:
            self._seen.pop(sign_in_id, None)
            self._seen[sign_in_id] = _Seen(reader_id, rights, at)
            if len(self._seen) > self._most_readers:
                self._seen.popitem(last=False)

    def rights_under(self, known: Pass, at: datetime) -> ReaderRights | None:
        """Return what the pass's reader had when last seen, if that is less than a day before wall time `at`."""
        seen = self._seen.get(known.sign_in_id)
        if seen is None or seen.reader_id != known.reader_id or at - seen.at > KEPT_FOR:
            return None
        return seen.rights

    def hear(self, change: Change) -> None:
        """Forget whoever lost access, or signed out."""
        with self._lock:
            if change.kind is ChangeKind.SIGN_IN_ENDED:
                self._seen.pop(int(change.subject), None)
            elif change.kind is ChangeKind.ACCESS_ENDED:
                reader_id = int(change.subject.partition(":")[0])
                for sign_in in [number for number, seen in self._seen.items() if seen.reader_id == reader_id]:
                    del self._seen[sign_in]
