"""Tables whose rows are only ever added: the database itself refuses to change them or to take them away.

Whoever owns the database can lift that, as an owner can drop a table; no statement of the product does.
"""

from sqlalchemy import Connection, Table, event


def guard(table: Table) -> None:
    """Have the table made with its triggers wherever the metadata makes it; migrations say the same in their words."""

    def make(_table: Table, connection: Connection, **_more: object) -> None:
        on_this = on_sqlite if connection.dialect.name == "sqlite" else on_postgres
        for statement in on_this(table.name):
            connection.exec_driver_sql(statement)

    event.listen(table, "after_create", make)


def on_sqlite(table: str) -> list[str]:
    """Return the statements that guard a table with a numeric `id` on SQLite; `REPLACE` is an update there, too."""
    is_there = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608 - the table is one of ours
    times = {"update": "UPDATE ON {}", "delete": "DELETE ON {}", "replace": f"INSERT ON {{}} WHEN {is_there}"}
    make = "CREATE TRIGGER {table}_no_{deed} BEFORE {time} BEGIN SELECT RAISE(ABORT, '{words}: {deed} is refused'); END"
    return [
        make.format(table=table, deed=deed, time=time.format(table), words=_words(table))
        for deed, time in times.items()
    ]


def on_postgres(table: str) -> list[str]:
    """Return the statements that guard a table on PostgreSQL."""
    message = f"'{_words(table)}: ' || lower(TG_OP) || ' is refused'"
    refuse = f"BEGIN RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = {message}; END"
    when = f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT"
    return [
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {refuse} $$",
        f"CREATE TRIGGER {table}_append_only {when} EXECUTE FUNCTION {table}_refuse()",
    ]


def _words(table: str) -> str:
    return f"{table} is append-only"
