"""How many readers a view is about: counted at most once a minute, and no further than ten thousand."""

import time
from threading import Lock
from urllib.parse import parse_qsl

from sqlalchemy.orm import Session

from paywall import clock
from paywall.admin.subscribers.asking.bad import BadQuestion
from paywall.admin.subscribers.asking.reading import Choices, read_question
from paywall.admin.subscribers.finding.choosing import Asked
from paywall.admin.subscribers.finding.paging import MOST_COUNTED, count

KEPT_SECONDS = 60
_MOST_KEPT = 1_000


class Counts:
    """Numbers that were counted lately. Safe to share between threads."""

    def __init__(self, kept_seconds: float = KEPT_SECONDS) -> None:
        self._kept_seconds = kept_seconds
        self._kept: dict[tuple[int, str], tuple[float, str]] = {}
        self._lock = Lock()

    def of(self, session: Session, publisher_id: int, query: str, choices: Choices) -> str:
        """Return the number as people read it: `4,312`, `10,000+`; a dash for a view that no longer means anything."""
        key = (publisher_id, query)
        counted_at, text = self._kept.get(key, (0.0, ""))
        if text and time.monotonic() - counted_at < self._kept_seconds:
            return text
        text = _counted(session, publisher_id, query, choices)
        with self._lock:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = (time.monotonic(), text)
        return text


def _counted(session: Session, publisher_id: int, query: str, choices: Choices) -> str:
    try:
        question = read_question(parse_qsl(query), choices)
    except BadQuestion:  # a plan or a currency that is gone
        return "–"  # noqa: RUF001 - an en dash
    number = count(session, Asked(publisher_id, question, choices, clock.now()))
    return f"{number:,}" if number <= MOST_COUNTED else f"{MOST_COUNTED:,}+"
