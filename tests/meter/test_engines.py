"""Opening a meter by its address, and what an engine that does not answer means."""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import redis

from paywall.meter.engines import open_store
from paywall.meter.memory_store import MemoryRows
from paywall.meter.store import MeterStore, MeterUnavailable
from paywall.meter.windows import WindowRule, window_at
from tests.engines import free_port, start_redis
from tests.meter.parallel import in_processes

NOW = datetime(2031, 11, 23, 12, tzinfo=UTC)
MONTH = window_at(WindowRule(), NOW)


class TestAnAddress:
    @pytest.mark.parametrize(
        "url",
        ["", "mysql://root:hunter2@db/meter", "sqlite://", "sqlite:///", "sqlite:///:memory:", "memory", "file:x"],
    )
    def test_of_no_engine_is_refused_without_being_repeated(self, url: str) -> None:
        with pytest.raises(ValueError, match="meter's store") as refused:
            open_store(url)
        assert "hunter2" not in str(refused.value)

    def test_of_a_file_makes_its_folder(self, tmp_path: Path) -> None:
        open_store(f"sqlite:///{tmp_path}/new/folder/meter.sqlite3").ping()
        assert (tmp_path / "new/folder/meter.sqlite3").exists()

    def test_of_one_new_file_may_be_opened_by_many_at_once(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path}/meter.sqlite3"
        counts = in_processes(8, lambda n: open_store(url).admit("r", f"a{n}", 8, MONTH).newly)
        assert counts == [True] * 8


class TestAnEngineThatDoesNotAnswer:
    @pytest.mark.parametrize("scheme", ["redis", "redis+cluster", "postgresql", "postgresql+psycopg"])
    def test_is_a_situation_with_a_name(self, scheme: str) -> None:
        store = open_store(f"{scheme}://127.0.0.1:{free_port()}/0")
        for call in calls_of(store):
            with pytest.raises(MeterUnavailable):
                call()

    def test_may_be_a_file_that_is_no_database(self, tmp_path: Path) -> None:
        path = tmp_path / "meter.sqlite3"
        path.write_bytes(b"no database at all, whatever its name says" * 100)
        with pytest.raises(MeterUnavailable):
            open_store(f"sqlite:///{path}")

    def test_may_be_a_file_whose_writer_lock_is_never_freed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("paywall.meter.sqlite_store.BUSY_MS", 10)
        path = tmp_path / "meter.sqlite3"
        store = open_store(f"sqlite:///{path}")
        store.admit("r", "a1", 5, MONTH)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert store.admit("r", "a1", 5, MONTH).opened, "reading needs no lock"
        with pytest.raises(MeterUnavailable):
            store.admit("r", "a2", 5, MONTH)
        other.execute("ROLLBACK")
        assert store.admit("r", "a2", 5, MONTH).newly

    @pytest.mark.postgres
    def test_may_be_a_database_without_the_table(self, new_postgres_url: Callable[[], str]) -> None:
        with pytest.raises(MeterUnavailable):
            open_store(new_postgres_url()).ping()


def calls_of(store: MeterStore) -> list[Callable[[], object]]:
    return [
        store.ping,
        lambda: store.admit("r", "a1", 5, MONTH),
        lambda: store.peek("r", "a1", MONTH),
        lambda: store.unite("v", "r", MONTH),
        lambda: store.forget("r"),
    ]


class TestAnEngineThatComesBack:
    @pytest.mark.postgres
    def test_goes_unnoticed_when_every_connection_was_cut(self, postgres_meter_url: str, reader: str) -> None:
        store = open_store(postgres_meter_url)
        store.admit(reader, "a1", 5, MONTH)
        with psycopg.connect(postgres_meter_url.replace("+psycopg", ""), autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert store.admit(reader, "a2", 5, MONTH).views_used == 2

    @pytest.mark.redis
    def test_is_used_again_after_an_outage(self, reader: str) -> None:
        folder, port = Path(tempfile.mkdtemp(prefix="paywall-redis-")), free_port()
        store = open_store(f"redis://127.0.0.1:{port}/0")
        first = start_redis(port, folder)
        assert store.admit(reader, "a1", 1, MONTH).newly
        first.kill()
        first.wait()
        with pytest.raises(MeterUnavailable):
            store.admit(reader, "a1", 1, MONTH)
        second = start_redis(port, folder)
        assert store.admit(reader, "a2", 1, MONTH).newly, "it kept nothing on disk, and its scripts are gone too"
        second.terminate()
        second.wait()
        shutil.rmtree(folder)


class TestMemory:
    def test_drops_the_row_longest_unused_when_it_is_full(self) -> None:
        store = MeterStore(MemoryRows(most_rows=2))
        store.admit("one", "a1", 1, MONTH)
        store.admit("two", "a1", 1, MONTH)
        store.peek("one", "a1", MONTH)
        store.admit("three", "a1", 1, MONTH)
        assert [store.peek(name, "a1", MONTH).opened for name in ("one", "two", "three")] == [True, False, True]


class TestRowsInRedis:
    @pytest.mark.redis
    def test_expire_a_day_after_their_window(self, redis_meter_url: str, reader: str) -> None:
        url = redis_meter_url.removesuffix("/0") + "/15"
        client = redis.Redis.from_url(url, decode_responses=True)
        client.flushdb()
        open_store(url).admit(reader, "a1", 5, MONTH)
        (key,) = client.scan_iter("meter:*")
        expires_at = datetime.now(UTC) + timedelta(seconds=client.ttl(key))
        assert abs(expires_at - (MONTH.resets_at + timedelta(days=1))) < timedelta(minutes=1)
