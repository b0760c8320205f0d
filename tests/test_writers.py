"""Writers of one process on SQLite: each gets its turn, none is told that the database is locked for want of luck."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError, OperationalError

from paywall import sqlite, writers
from paywall.database import Database
from paywall.writers import Waiting, WriterQueue

PATIENCE_S = 60
"""More than any test needs: nothing here waits for its end."""


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """A database whose file is never waited for: only the queue keeps its writers apart."""
    database = Database(sqlite_url)
    event.listen(database.engine, "connect", lambda driver, _record: driver.execute("PRAGMA busy_timeout = 0"))
    with database.writing() as session:
        session.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY, word TEXT UNIQUE)"))
    yield database
    database.close()


def notes(database: Database, word: str) -> None:
    with database.adding() as connection:
        connection.execute(text("INSERT INTO notes (word) VALUES (:word)"), {"word": word})


def all_notes(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(text("SELECT word FROM notes ORDER BY id")))


def queue_of(database: Database) -> WriterQueue:
    with database.engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        assert isinstance(driver, sqlite.QueuedConnection)
        return driver.queue


def comes(queue: WriterQueue, task: Callable[[], object]) -> threading.Thread:
    """Start a thread, and return when it waits in the queue."""
    before = queue.waiting
    thread = threading.Thread(target=task)
    thread.start()
    while queue.waiting == before and thread.is_alive():
        thread.join(0.001)
    return thread


class TestTheComplaintThatTheDatabaseIsLocked:
    def test_fourteen_writers_come_while_one_writes_and_none_is_refused(self, database: Database) -> None:
        queue = queue_of(database)
        with database.writing():
            threads = [comes(queue, partial(notes, database, f"{n:02}")) for n in range(14)]
            assert queue.waiting == 14
        for thread in threads:
            thread.join(PATIENCE_S)
        assert len(all_notes(database)) == 14

    def test_they_write_in_the_order_in_which_they_came(self, database: Database) -> None:
        queue = queue_of(database)
        with database.writing():
            threads = [comes(queue, partial(notes, database, word)) for word in "badc"]
        for thread in threads:
            thread.join(PATIENCE_S)
        assert all_notes(database) == ["b", "a", "d", "c"]

    def test_a_writer_of_another_process_is_still_met_by_sqlite_itself(self, database: Database, url: str) -> None:
        other = sqlite3.connect(url, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            notes(database, "too early")
        other.execute("COMMIT")
        other.close()
        notes(database, "in time")
        assert all_notes(database) == ["in time"]

    @pytest.fixture
    def url(self, sqlite_url: str) -> str:
        return sqlite_url.removeprefix("sqlite:///")


class TestTheEndOfATurn:
    def test_comes_with_an_error(self, database: Database) -> None:
        notes(database, "once")
        with pytest.raises(IntegrityError):
            notes(database, "once")
        notes(database, "twice")
        assert all_notes(database) == ["once", "twice"]

    def test_comes_when_a_session_is_left_without_a_commit(self, database: Database) -> None:
        database.session.execute(text("INSERT INTO notes (word) VALUES ('never kept')"))
        database.session.remove()
        notes(database, "kept")
        assert all_notes(database) == ["kept"]

    def test_comes_when_a_connection_is_thrown_away(self, database: Database) -> None:
        with database.engine.connect() as connection:
            connection.execute(text("INSERT INTO notes (word) VALUES ('never kept')"))
            connection.invalidate()
        notes(database, "kept")
        assert all_notes(database) == ["kept"]

    def test_does_not_come_with_a_savepoint(self, database: Database) -> None:
        queue = queue_of(database)
        session = database.session()
        with session.begin_nested():
            session.execute(text("INSERT INTO notes (word) VALUES ('first')"))
        thread = comes(queue, lambda: notes(database, "second"))
        assert queue.waiting == 1
        session.commit()
        thread.join(PATIENCE_S)
        assert all_notes(database) == ["first", "second"]


class TestWhoCannotHaveATurn:
    def test_is_told_that_the_database_is_locked(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sqlite, "BUSY_MS", 0)
        with database.writing(), pytest.raises(OperationalError, match="locked by this process"):
            notes(database, "from within another turn")
        notes(database, "afterwards")
        assert all_notes(database) == ["afterwards"]

    def test_reads_all_the_same(self, database: Database) -> None:
        notes(database, "there")
        with database.writing():
            assert all_notes(database) == ["there"]


class TestTheQueue:
    def test_gives_a_free_turn_at_once(self) -> None:
        assert WriterQueue().enter(patience_s=0)

    def test_gives_no_turn_that_another_has(self) -> None:
        queue = WriterQueue()
        queue.enter(0)
        assert not queue.enter(patience_s=0)
        assert queue.waiting == 0

    def test_hands_over_to_who_has_waited_long_before_anybody_who_is_awake(self) -> None:
        queue = WriterQueue(overtaken_s=0)
        queue.enter(0)
        thread = comes(queue, lambda: queue.enter(PATIENCE_S))
        queue.leave()
        assert not queue.enter(patience_s=0)
        thread.join(PATIENCE_S)
        queue.leave()
        assert queue.enter(patience_s=0)

    def test_calls_the_first_again_when_somebody_who_was_awake_went_before(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        falls_asleep, wakes_up = threading.Semaphore(0), threading.Event()

        class Sleepy(Waiting):
            def wait(self, timeout: float | None = None) -> bool:
                falls_asleep.release()
                return super().wait(timeout) and wakes_up.wait(PATIENCE_S)

        monkeypatch.setattr(writers, "Waiting", Sleepy)
        queue = WriterQueue(overtaken_s=PATIENCE_S)
        queue.enter(0)
        thread = comes(queue, lambda: queue.enter(PATIENCE_S))
        falls_asleep.acquire(timeout=PATIENCE_S)
        queue.leave()
        assert queue.enter(patience_s=0)  # called, it has not opened its eyes yet
        wakes_up.set()
        falls_asleep.acquire(timeout=PATIENCE_S)
        queue.leave()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
        assert not queue.enter(patience_s=0)

    def test_takes_a_turn_that_comes_at_the_last_moment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        queue = WriterQueue(overtaken_s=0)
        queue.enter(0)

        class TooLate(Waiting):
            def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002
                queue.leave()
                return False

        monkeypatch.setattr(writers, "Waiting", TooLate)
        assert queue.enter(patience_s=0)
        assert queue.waiting == 0
