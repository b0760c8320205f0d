"""Which engine keeps the meter's rows, by the address in the settings."""

from pathlib import Path

from paywall.meter.memory_store import MemoryRows
from paywall.meter.store import MeterStore, Rows

_POSTGRES = ("postgresql://", "postgres://", "postgresql+psycopg://")
_REDIS = ("redis://", "rediss://", "unix://", "redis+cluster://")


def open_store(url: str) -> MeterStore:
    """Open the meter at `url`; PostgreSQL and Redis are first contacted when first asked.

    sqlite:///relative/path, sqlite:////absolute/path · postgresql://… (also SQLAlchemy's postgresql+psycopg://…, the
    table must be there) · redis://…, rediss://…, unix://… · redis+cluster://… · memory://. Raises ValueError for
    anything else (without repeating it: it may hold a password), MeterUnavailable when the SQLite file can't be opened.
    """
    return MeterStore(_rows(url))


def _rows(url: str) -> Rows:
    # each engine's driver is imported only where it is used
    if url == "memory://":
        return MemoryRows()
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///") and ":memory:" not in url:
        from paywall.meter.sqlite_store import SqliteRows  # noqa: PLC0415

        return SqliteRows(Path(url.removeprefix("sqlite:///")))
    if url.startswith(_POSTGRES):
        from paywall.meter.postgres_store import PostgresRows  # noqa: PLC0415

        return PostgresRows("postgresql://" + url.partition("://")[2])
    if url.startswith(_REDIS):
        from paywall.meter.redis_store import RedisRows  # noqa: PLC0415

        return RedisRows(url)
    raise ValueError("the meter's store must be sqlite:///FILE, postgresql://…, redis://… or memory://")
