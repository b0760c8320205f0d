"""The database's schema: what the code needs, what the database has, and how one becomes the other.

Nobody starts on a schema that does not fit: an older one is told to run `paywall migrate`, a newer one is never
written to.
"""

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from paywall.database import Base, Database
from paywall.installation import folder

TABLES = (
    "paywall.audit",
    "paywall.changes",
    "paywall.jobs",
    "paywall.notices",
    "paywall.outbox",
    "paywall.publishers.tables",
    "paywall.publishers.keys.tables",
    "paywall.letters.tables",
    "paywall.readers.tables",
    "paywall.readers.codes",
    "paywall.readers.notes",
    "paywall.staff.tables",
    "paywall.entitlements.tables",
    "paywall.telling.tables",
    "paywall.articles.tables",
    "paywall.billing.catalogue.plans",
    "paywall.billing.catalogue.offers",
    "paywall.billing.checkout.tables",
    "paywall.billing.subscriptions.tables",
    "paywall.billing.ledger.tables",
    "paywall.billing.trials.tables",
    "paywall.billing.letters.choices",
    "paywall.billing.reconciling.tables",
    "paywall.billing.changing.tables",
    "paywall.importing.tables",
    "paywall.meter.table",
    "paywall.business.keeping.tables",
    "paywall.gate.events",
    "paywall.gate.crawlers.ranges.tables",
    "paywall.gate.signed_passes.tables",
    "paywall.api.check.once",
    "paywall.readership.tables",
    "paywall.admin.acting.bulk.tables",
    "paywall.admin.acting.money.unanswered",
    "paywall.admin.subscribers.saved.tables",
)


class SchemaState(StrEnum):
    """How the database's schema stands to the code."""

    CURRENT = "current"
    EMPTY = "empty"
    OLDER = "older"
    NEWER = "newer"


class SchemaMismatch(Exception):
    """The schema does not fit the code; the message says what to run."""

    def __init__(self, state: SchemaState) -> None:
        self.state = state
        super().__init__(_ADVICE[state])


_ADVICE = {
    SchemaState.EMPTY: "the database is empty: run `paywall migrate`",
    SchemaState.OLDER: "the database has an older schema: run `paywall migrate`",
    SchemaState.NEWER: "the database has a newer schema than this version of paywall: install the newer version",
}


def load_tables() -> None:
    """Import every module that defines tables, so that the metadata is whole."""
    for module in TABLES:
        importlib.import_module(module)


def state(database: Database) -> SchemaState:
    """Compare the database's revision with the newest one in `migrations/`; writes nothing."""
    script = ScriptDirectory.from_config(_config())
    with database.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        return SchemaState.EMPTY
    if revision == script.get_current_head():
        return SchemaState.CURRENT
    known = {one.revision for one in script.walk_revisions()}
    return SchemaState.OLDER if revision in known else SchemaState.NEWER


def require_current(database: Database) -> None:
    """Raise SchemaMismatch unless the database's schema is the code's."""
    found = state(database)
    if found is not SchemaState.CURRENT:
        raise SchemaMismatch(found)


def migrate(database: Database, report: Callable[[str], None] = lambda _line: None) -> None:
    """Bring the schema to the newest revision; raises SchemaMismatch if the database is ahead of the code."""
    found = state(database)
    if found is SchemaState.NEWER:
        raise SchemaMismatch(found)
    if found is SchemaState.CURRENT:
        report("the schema is current")
        return
    with database.engine.connect() as connection:
        config = _config(connection)
        command.upgrade(config, "head")
        connection.commit()
    report("the schema has been brought up to date")


@contextmanager
def tables_may_change(connection: Connection) -> Iterator[None]:
    """Let tables be copied and dropped on SQLite without losing the rows that point to them; checks them at the end.

    "Batch mode" changes a table by copying it. With foreign keys on, dropping the old one deletes its child rows.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.execute(text("PRAGMA foreign_keys=OFF"))
    yield
    check_foreign_keys(connection)
    connection.commit()
    connection.execute(text("PRAGMA foreign_keys=ON"))


def check_foreign_keys(connection: Connection) -> None:
    """Raise ValueError if a row points to nothing (SQLite)."""
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        raise ValueError(f"{len(broken)} rows point to rows that are gone, first in table {broken[0][0]}")


def is_ours(_thing: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:  # noqa: ANN401 - Alembic's
    """Leave tables alone that others keep in the same database."""
    return not (kind == "table" and reflected and name not in Base.metadata.tables)


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(folder("migrations"))))
    config.attributes["connection"] = connection
    return config
