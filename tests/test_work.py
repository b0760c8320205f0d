"""Work that goes by business time: once in so long, and at once when the clock is turned."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event

from paywall import clock
from paywall.database import Database
from paywall.publishers.rules import Profile
from paywall.readership.replaying.asking import PARTS, Now, Question, answer_to, ask, rule_of
from paywall.settings import Settings
from paywall.staff.acts import new_act
from paywall.staff.tables import Act, Invitation
from paywall.work import Rhythm, Work

MINUTE = timedelta(minutes=1)


@pytest.fixture
def runs() -> list[datetime]:
    return []


class TestARhythm:
    def test_begins_at_once_and_then_waits(self, runs: list[datetime]) -> None:
        rhythm = Rhythm(MINUTE, runs.append)
        for _ in range(3):
            rhythm()
        assert len(runs) == 1

    def test_hears_of_a_clock_that_was_turned(self, runs: list[datetime], monkeypatch: pytest.MonkeyPatch) -> None:
        rhythm = Rhythm(MINUTE, runs.append)
        for minutes in (0, 0.5, 1, 60 * 24):
            monkeypatch.setattr(clock, "_offset", timedelta(minutes=minutes))
            rhythm()
        assert [round((one - runs[0]) / MINUTE) for one in runs] == [0, 1, 60 * 24]

    def test_goes_on_after_a_failure_at_its_own_pace(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tries: list[datetime] = []

        def fail(now: datetime) -> None:
            tries.append(now)
            raise OSError

        rhythm = Rhythm(MINUTE, fail)
        for minutes in (0, 0, 2):
            monkeypatch.setattr(clock, "_offset", timedelta(minutes=minutes))
            try:
                rhythm()
            except OSError:
                continue
        assert len(tries) == 2


class TestStopping:
    def test_a_replay_ends_in_the_middle(self, database: Database, publisher: Profile) -> None:
        meter, wall = publisher.default_meter, clock.wall()
        question = Question(publisher.id, meter.id, 0, 86_400)
        ask(database, question, rule_of(publisher, meter), Now(wall, wall), timedelta(hours=1))
        work = Work(Settings("0123456789abcdef" * 2, "https://news.test"), database, None)
        reads: list[str] = []
        is_reading, is_told = threading.Event(), threading.Event()

        def hold(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if "FROM readership_views" in statement:
                reads.append(statement)
                is_reading.set()
                is_told.wait()

        event.listen(database.engine, "before_cursor_execute", hold)
        work.start()
        is_reading.wait(30)
        stopping = threading.Thread(target=work.stop)
        stopping.start()
        is_told.set()
        stopping.join()
        event.remove(database.engine, "before_cursor_execute", hold)
        assert 0 < len(reads) < PARTS
        with database.reading() as session:
            answer = answer_to(session, question, rule_of(publisher, meter))
        assert answer
        assert (answer.is_there, answer.made_at) == (False, None)


class TestWhatIsForgotten:
    def test_forms_and_invitations_that_are_too_old(self, database: Database, publisher: Profile) -> None:
        about = {"publisher_id": publisher.id, "email": "a@example.com", "email_normalized": "a@example.com"}
        old = clock.wall() - timedelta(days=40)
        with database.writing() as session:
            session.add(Act(publisher_id=publisher.id, token=new_act(), at=old))
            session.add(Invitation(**about, role="viewer", digest="x", made_at=old))
        Work(Settings("0123456789abcdef" * 2, "https://news.test"), database, None)._forget_changes()
        with database.reading() as session:
            assert (session.query(Act).count(), session.query(Invitation).count()) == (0, 0)
