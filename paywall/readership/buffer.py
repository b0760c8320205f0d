"""Views and steps on their way to the database: told by the gate's own buffer, written a few seconds later at once.

No answer waits for this, and none fails by it. What is in memory when a process dies is lost. While the database is
away up to 20,000 views wait for it; those that find no room are counted, and the count is written with the next.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from threading import Lock

from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError
from structlog import get_logger

from paywall import clock
from paywall.database import Database
from paywall.gate.events import Answered, EventBuffer
from paywall.gate.rights import can_not_be_reached
from paywall.readership.days import Counts, add_counts
from paywall.readership.ground import Ground
from paywall.readership.noting import NotedStep, Row, count_view, is_readership, view_row
from paywall.readership.steps import place, take_steps
from paywall.readership.tables import ReadView

log = get_logger()
FLUSH_SECONDS = 3
MOST_KEPT = 20_000
MOST_STEPS = 2_000


class Readership:
    """Keeps what was read. Safe to share between threads."""

    def __init__(self, database: Database, ground: Ground, events: EventBuffer, most_kept: int = MOST_KEPT) -> None:
        """Listen to the gate's buffer from now on."""
        self._database, self.ground, self._events, self._most_kept = database, ground, events, most_kept
        self._lock, self._writing = Lock(), Lock()
        self._views: list[Answered] = []
        self._steps: list[NotedStep] = []
        self._lost: Counter[int] = Counter()
        self._turned_away = 0
        self.lost = 0
        """Views that this process has not written, and will not."""
        events.listen(self.take)

    def take(self, answers: Sequence[Answered]) -> None:
        """Take note of answers; those that find no room are counted."""
        views = [one for one in answers if is_readership(one)]
        with self._lock:
            room = max(self._most_kept - len(self._views), 0)
            self._views.extend(islice(views, room))
            self._lose(Counter(one.publisher_id for one in views[room:]))
            unheard = self._events.turned_away - self._turned_away
            if answers and unheard:  # nobody knows whose they were: most likely theirs who have most
                self._turned_away += unheard
                (publisher_id, _), *_ = Counter(one.publisher_id for one in answers).most_common(1)
                self._lose(Counter({publisher_id: unheard}))

    def note(self, step: NotedStep) -> None:
        """Take note of a step; where there is no room it is left out."""
        with self._lock:
            if len(self._steps) < MOST_STEPS:
                self._steps.append(step)

    def flush(self) -> int:
        """Write what is kept; returns how many views that were. What the database can't take now is kept."""
        with self._writing:
            with self._lock:
                views, self._views = self._views, []
                steps, self._steps = self._steps, []
                lost, self._lost = self._lost, Counter()
            if not (views or steps or lost):
                return 0
            try:
                self._write(views, steps, lost)
            except SQLAlchemyError as error:
                if not can_not_be_reached(error):
                    self._say_lost(len(views))
                    raise
                self._keep(views, steps, lost)
                return 0
        return len(views)

    def _write(self, views: list[Answered], steps: list[NotedStep], lost: Counter[int]) -> None:
        rows, placed, counts = self._rows(views), place(steps, self.ground), Counts()
        for view in views:
            count_view(view, counts)
        for publisher_id, number in lost.items():
            counts.lose(publisher_id, clock.now().date(), number)
        with self._database.writing() as session:
            connection = session.connection()
            if rows:
                connection.execute(insert(ReadView), rows)
            take_steps(connection, placed, self.ground, counts)
            add_counts(connection, counts)

    def _rows(self, views: list[Answered]) -> list[Row]:
        profiles, holders = self.ground.profiles, self.ground.holders
        made = (view_row(one, profiles.of(one.publisher_id), holders) for one in views)
        return [row for row in made if row is not None]

    def _keep(self, views: list[Answered], steps: list[NotedStep], lost: Counter[int]) -> None:
        """Put back what could not be written, before what has come since."""
        with self._lock:
            whole = views + self._views
            self._views = whole[: self._most_kept]
            self._steps = (steps + self._steps)[:MOST_STEPS]
            self._lost.update(lost)
            self._lose(Counter(one.publisher_id for one in whole[self._most_kept :]))

    def _lose(self, whose: Counter[int]) -> None:
        if whose:
            self._lost.update(whose)
            self._say_lost(whose.total())

    def _say_lost(self, number: int) -> None:
        self.lost += number
        log.warning("views lost", count=number, lost_so_far=self.lost)
