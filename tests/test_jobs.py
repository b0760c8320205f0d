"""How the work beside answering goes, noted for a page."""

import pytest

from paywall import jobs
from paywall.database import Database
from paywall.jobs import JobRun, Watch, job_runs


def known(database: Database) -> dict[str, JobRun]:
    with database.reading() as session:
        return {one.name: one for one in job_runs(session)}


def fail() -> None:
    raise OSError("no mail server")


class TestAWatchedJob:
    def test_its_good_end_is_noted(self, database: Database) -> None:
        Watch(database).over("mails", lambda: None)()
        run = known(database)["mails"]
        assert run.ended_at
        assert (run.failed_at, run.error) == (None, None)

    def test_its_failure_is_noted_and_goes_on_to_the_caller(self, database: Database) -> None:
        with pytest.raises(OSError, match="no mail server"):
            Watch(database).over("mails", fail)()
        run = known(database)["mails"]
        assert run.failed_at
        assert (run.ended_at, run.error) == (None, "OSError: no mail server")

    def test_what_is_done_every_second_is_not_noted_every_second(self, database: Database) -> None:
        watched = Watch(database).over("mails", lambda: None)
        watched()
        first = known(database)["mails"].ended_at
        watched()
        assert known(database)["mails"].ended_at == first

    def test_a_turn_for_the_worse_or_the_better_is_noted_at_once(self, database: Database) -> None:
        failures = iter([False, True, False])

        def fail_once() -> None:
            if next(failures):
                fail()

        watched = Watch(database).over("mails", fail_once)
        watched()
        before = known(database)["mails"].ended_at
        with pytest.raises(OSError, match="no mail server"):
            watched()
        assert known(database)["mails"].failed_at
        watched()
        after = known(database)["mails"].ended_at
        assert before
        assert after
        assert after > before

    def test_after_half_a_minute_it_is_noted_again(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        watched = Watch(database).over("mails", lambda: None)
        watched()
        first = known(database)["mails"].ended_at
        monkeypatch.setattr(jobs, "NOTED_EVERY_SECONDS", 0.0)
        watched()
        assert known(database)["mails"].ended_at != first

    def test_a_job_goes_on_where_its_end_cannot_be_noted(self, sqlite_url: str) -> None:
        database, runs = Database(sqlite_url), list[int]()
        with database.writing() as session:
            session.connection().exec_driver_sql("DROP TABLE job_runs")
        Watch(database).over("mails", lambda: runs.append(1))()
        assert runs == [1]
