"""admins help readers and see how the business does."""

import sqlalchemy as sa
from alembic import op

import paywall.database

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = paywall.database.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Add each room's tables."""
    _let_staff_cancel()
    _make_bulk_acts()
    _make_imports()
    _make_readership()
    _guard_audit()
    _make_job_runs()
    _make_notes()
    _make_figures()


def downgrade() -> None:
    """Take them away again, the last first."""
    _drop_figures()
    _drop_notes()
    op.drop_table("job_runs")
    _unguard_audit()
    _drop_readership()
    _drop_imports()
    op.drop_table("bulk_act_readers")
    op.drop_table("bulk_acts")
    _let_readers_cancel()


def _of_publisher(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["publisher_id"], ["publishers.id"], name=f"fk_{table}_publisher_id_publishers")


def _make_readership() -> None:
    op.create_table(
        "readership_views",
        sa.Column("id", _ID, nullable=False),
        sa.Column("publisher_id", _ID, nullable=False),
        sa.Column("meter_id", _ID, nullable=False),
        sa.Column("holder", _ID, nullable=False),
        sa.Column("is_reader", sa.Boolean(), nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("outcome", sa.SmallInteger(), nullable=False),
        sa.Column("referrer_host", sa.String(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _of_publisher("readership_views"),
        sa.PrimaryKeyConstraint("id", name="pk_readership_views"),
    )
    replayed = ["publisher_id", "meter_id", "holder", "at", "id", "article_id", "outcome", "is_reader"]
    op.create_index("ix_readership_views_replay", "readership_views", replayed)
    op.create_index("ix_readership_views_at", "readership_views", ["at"])
    op.create_table(
        "readership_days",
        sa.Column("publisher_id", _ID, nullable=False, autoincrement=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=False),
        sa.Column("which", sa.String(), nullable=False),
        *(sa.Column(name, _ID, nullable=False) for name in ("views", "walls", "sign_ups", "checkouts", "paid")),
        _of_publisher("readership_days"),
        sa.PrimaryKeyConstraint("publisher_id", "day", "dimension", "which", name="pk_readership_days"),
    )
    _make_readership_steps()


def _make_readership_steps() -> None:
    op.create_table(
        "readership_steps",
        sa.Column("id", _ID, nullable=False),
        sa.Column("publisher_id", _ID, nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("cause", _ID, nullable=False),
        sa.Column("article_id", _ID, nullable=True),
        sa.Column("referrer_host", sa.String(), nullable=True),
        sa.Column("at", _TIME, nullable=False),
        _of_publisher("readership_steps"),
        sa.PrimaryKeyConstraint("id", name="pk_readership_steps"),
    )
    op.create_index("uq_readership_steps_cause", "readership_steps", ["step", "cause"], unique=True)
    op.create_index("ix_readership_steps_at", "readership_steps", ["at"])
    op.create_table(
        "readership_replays",
        sa.Column("id", _ID, nullable=False),
        sa.Column("publisher_id", _ID, nullable=False),
        sa.Column("meter_id", _ID, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("wanted_at", _TIME, nullable=True),
        sa.Column("taken_until", _TIME, nullable=True),
        sa.Column("parts_done", _ID, nullable=False),
        sa.Column("made_at", _TIME, nullable=True),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("rules", sa.String(), nullable=False),
        _of_publisher("readership_replays"),
        sa.PrimaryKeyConstraint("id", name="pk_readership_replays"),
    )
    asked = ["publisher_id", "meter_id", "since", "until"]
    op.create_index("uq_readership_replays_question", "readership_replays", asked, unique=True)
    op.create_index("ix_readership_replays_wanted", "readership_replays", ["wanted_at"])
    op.create_index("ix_checkouts_created", "checkouts", ["created_at"])


def _drop_readership() -> None:
    op.drop_index("ix_checkouts_created", "checkouts")
    for table in ("readership_replays", "readership_steps", "readership_days", "readership_views"):
        op.drop_table(table)


def _make_notes() -> None:
    op.create_table(
        "staff_notes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("publisher_id", _ID, nullable=False),
        sa.Column("reader_id", _ID, nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["publisher_id"], ["publishers.id"], name=op.f("fk_staff_notes_publisher_id_publishers")
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["readers.id"], name=op.f("fk_staff_notes_reader_id_readers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notes")),
    )
    op.create_index(op.f("ix_staff_notes_reader_id"), "staff_notes", ["reader_id"])
    op.create_index("ix_outbox_mails_recipient", "outbox_mails", ["publisher_id", "recipient", "id"])


def _drop_notes() -> None:
    op.drop_index("ix_outbox_mails_recipient", "outbox_mails")
    op.drop_table("staff_notes")


def _guard_audit() -> None:
    """Note where something was done from; refuse that entries are changed or taken away."""
    op.add_column("audit_entries", sa.Column("network", sa.String(), nullable=True))
    op.create_index("ix_audit_entries_at", "audit_entries", ["publisher_id", "at"])
    op.create_index("ix_audit_entries_actor", "audit_entries", ["publisher_id", "actor", "id"])
    op.create_index("ix_audit_entries_action", "audit_entries", ["publisher_id", "action", "id"])
    for statement in _GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def _unguard_audit() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("update", "delete", "replace"):
            op.execute(f"DROP TRIGGER audit_entries_no_{deed}")
    else:
        op.execute("DROP TRIGGER audit_entries_append_only ON audit_entries")
        op.execute("DROP FUNCTION audit_entries_refuse()")
    for name in ("at", "actor", "action"):
        op.drop_index(f"ix_audit_entries_{name}", "audit_entries")
    with op.batch_alter_table("audit_entries") as audit:
        audit.drop_column("network")


_NO_UPDATE = """
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only: update is refused'); END"""
_NO_DELETE = """
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only: delete is refused'); END"""
_NO_REPLACE = """
CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries
WHEN EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only: replace is refused'); END"""
_REFUSE = """
CREATE OR REPLACE FUNCTION audit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = 'restrict_violation',
MESSAGE = 'audit_entries is append-only: ' || lower(TG_OP) || ' is refused'; END $$"""
_APPEND_ONLY = """
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_refuse()"""
_GUARDS = {"sqlite": (_NO_UPDATE, _NO_DELETE, _NO_REPLACE), "postgresql": (_REFUSE, _APPEND_ONLY)}
"""What the code makes a table with, frozen as it was."""


_RUNS = sa.text("state IN ('applying', 'undoing')")


def _make_imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", _ID, nullable=False),
        sa.Column("publisher_id", _ID, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("mapping", sa.String(), nullable=False),
        sa.Column("existing", sa.String(), nullable=False),
        sa.Column("has_letters", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("row_count", _ID, nullable=False),
        sa.Column("problem_count", _ID, nullable=False),
        sa.Column("unknown_columns", sa.String(), nullable=False),
        sa.Column("checked_at", _TIME, nullable=False),
        sa.Column("applied_at", _TIME, nullable=True),
        sa.Column("undone_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["publisher_id"], ["publishers.id"], name=op.f("fk_imports_publisher_id_publishers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_publisher_id"), "imports", ["publisher_id"])
    op.create_index(
        "uq_imports_running", "imports", ["publisher_id"], unique=True, sqlite_where=_RUNS, postgresql_where=_RUNS
    )
    _make_import_rows()
    op.create_table(
        "import_problems",
        sa.Column("id", _ID, nullable=False),
        sa.Column("import_id", _ID, nullable=False),
        sa.Column("line", _ID, nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_problems_import_id_imports"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_problems")),
    )
    op.create_index(op.f("ix_import_problems_import_id"), "import_problems", ["import_id"])


def _make_import_rows() -> None:
    op.create_table(
        "import_rows",
        sa.Column("import_id", _ID, autoincrement=False, nullable=False),
        sa.Column("line", _ID, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("email", "email_normalized", "plan", "source")),
        sa.Column("ends_at", _TIME, nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("customer_id", "subscription_id")),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("currency", "state", "outcome")),
        sa.Column("reader_id", _ID, nullable=True),
        sa.Column("set_right", sa.Boolean(), nullable=False),
        sa.Column("before_until", _TIME, nullable=True),
        sa.Column("set_customer", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_rows_import_id_imports"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["readers.id"], name=op.f("fk_import_rows_reader_id_readers"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_import_rows")),
    )
    op.create_index("ix_import_rows_state", "import_rows", ["import_id", "state", "line"])
    op.create_index("ix_import_rows_address", "import_rows", ["import_id", "email_normalized"])
    op.create_index(op.f("ix_import_rows_reader_id"), "import_rows", ["reader_id"])


def _drop_imports() -> None:
    for table in ("import_problems", "import_rows", "imports"):
        op.drop_table(table)


def _make_figures() -> None:
    op.create_index("ix_subscriptions_synced", "subscriptions", ["publisher_id", "synced_at", "id"])
    op.create_table(
        "figure_entries",
        sa.Column("id", _ID, nullable=False),
        *_figure_edition(),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        _figure_publisher("figure_entries"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_entries")),
    )
    op.create_index("ix_figure_entries_customer", "figure_entries", ["publisher_id", "edition", "customer"])
    op.create_index("ix_figure_entries_at", "figure_entries", ["publisher_id", "edition", "at"])
    _make_figure_sums()
    op.create_table(
        "figure_marks",
        *_figure_edition(),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("synced_to", _TIME, nullable=False),
        sa.Column("as_of", _TIME, nullable=False),
        _figure_publisher("figure_marks"),
        sa.PrimaryKeyConstraint("publisher_id", name=op.f("pk_figure_marks")),
    )


def _make_figure_sums() -> None:
    days, cohorts = ("currency", "day", "kind"), ("currency", "cohort", "month")
    op.create_table(
        "figure_days",
        *_figure_edition(),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("count", _ID, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        _figure_publisher("figure_days"),
        sa.PrimaryKeyConstraint("publisher_id", "edition", *days, name=op.f("pk_figure_days")),
    )
    op.create_table(
        "figure_cohorts",
        *_figure_edition(),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("cohort", sa.Date(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("change", _ID, nullable=False),
        _figure_publisher("figure_cohorts"),
        sa.PrimaryKeyConstraint("publisher_id", "edition", *cohorts, name=op.f("pk_figure_cohorts")),
    )


def _figure_edition() -> tuple[sa.Column[int], sa.Column[int]]:
    whose = sa.Column("publisher_id", _ID, autoincrement=False, nullable=False)
    return whose, sa.Column("edition", _ID, autoincrement=False, nullable=False)


def _figure_publisher(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["publisher_id"], ["publishers.id"], name=op.f(f"fk_{table}_publisher_id_publishers")
    )


def _drop_figures() -> None:
    for table in ("figure_marks", "figure_cohorts", "figure_days", "figure_entries"):
        op.drop_table(table)
    op.drop_index("ix_subscriptions_synced", "subscriptions")


def _let_staff_cancel() -> None:
    """Let a cancellation come from the staff, and end a subscription at once."""
    with op.batch_alter_table("cancellation_requests") as requests:
        requests.add_column(sa.Column("at_once", sa.Boolean(), nullable=False, server_default=sa.false()))
        if op.get_bind().dialect.name != "sqlite":  # there the table is made anew without its checks
            requests.drop_constraint(op.f("ck_cancellation_requests_via_is_known"), type_="check")
        requests.create_check_constraint(
            op.f("ck_cancellation_requests_via_is_known"), "via IN ('account', 'link', 'staff')"
        )
    with op.batch_alter_table("cancellation_requests") as requests:
        requests.alter_column("at_once", server_default=None)


def _let_readers_cancel() -> None:
    op.execute("UPDATE cancellation_requests SET via = 'account' WHERE via = 'staff'")
    with op.batch_alter_table("cancellation_requests") as requests:
        requests.drop_column("at_once")
        if op.get_bind().dialect.name != "sqlite":
            requests.drop_constraint(op.f("ck_cancellation_requests_via_is_known"), type_="check")
        requests.create_check_constraint(op.f("ck_cancellation_requests_via_is_known"), "via IN ('account', 'link')")


def _make_job_runs() -> None:
    op.create_table(
        "job_runs",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.Column("failed_at", _TIME, nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_runs")),
    )


def _make_bulk_acts() -> None:
    op.create_table(
        "bulk_acts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("publisher_id", _ID, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("days", _ID, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        _of_publisher("bulk_acts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_acts")),
    )
    op.create_index(op.f("ix_bulk_acts_publisher_id"), "bulk_acts", ["publisher_id"])
    op.create_table(
        "bulk_act_readers",
        sa.Column("bulk_act_id", _ID, nullable=False),
        sa.Column("reader_id", _ID, nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bulk_act_id"],
            ["bulk_acts.id"],
            name=op.f("fk_bulk_act_readers_bulk_act_id_bulk_acts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["readers.id"], name=op.f("fk_bulk_act_readers_reader_id_readers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bulk_act_id", "reader_id", name=op.f("pk_bulk_act_readers")),
    )
    waiting = sa.text("outcome IS NULL")
    op.create_index(
        "ix_bulk_act_readers_waiting",
        "bulk_act_readers",
        ["bulk_act_id", "reader_id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
