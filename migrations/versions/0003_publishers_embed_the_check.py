"""publishers embed the check."""

import sqlalchemy as sa
from alembic import op

import paywall.database

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each capability adds its tables in a function of its own, called from here."""
    _make_keys()
    _make_passes()
    _give_articles_addresses()
    _number_edge_secrets()
    _tell_publishers()
    _know_crawlers()
    _remember_who_disputed()


def downgrade() -> None:
    """The reverse, in reverse order."""
    _forget_who_disputed()
    _know_no_crawlers()
    _tell_nobody()
    _forget_edge_secrets()
    _take_articles_addresses()
    _drop_passes()
    _drop_keys()


def _make_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("publisher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_publishable", sa.Boolean(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("calls_per_second", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", paywall.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", paywall.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", paywall.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["publisher_id"], ["publishers.id"], name=op.f("fk_api_keys_publisher_id_publishers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_keys_public_id")),
    )
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_keys_publisher_id"), ["publisher_id"], unique=False)

    op.create_table(
        "publisher_sites",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("publisher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publisher_id"], ["publishers.id"], name=op.f("fk_publisher_sites_publisher_id_publishers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publisher_sites")),
        sa.UniqueConstraint("publisher_id", "origin", name=op.f("uq_publisher_sites_publisher_id_origin")),
    )


def _make_passes() -> None:
    op.create_table(
        "pass_keys",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("publisher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("public", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("created_at", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("active_from", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", paywall.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["publisher_id"], ["publishers.id"], name=op.f("fk_pass_keys_publisher_id_publishers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_keys")),
        sa.UniqueConstraint("kid", name=op.f("uq_pass_keys_kid")),
    )
    with op.batch_alter_table("pass_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pass_keys_publisher_id"), ["publisher_id"], unique=False)

    op.create_table(
        "connect_codes",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("publisher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sign_in_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["publisher_id"], ["publishers.id"], name=op.f("fk_connect_codes_publisher_id_publishers")
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["readers.id"], name=op.f("fk_connect_codes_reader_id_readers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_connect_codes")),
    )
    with op.batch_alter_table("connect_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_connect_codes_reader_id"), ["reader_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_connect_codes_made_at"), ["made_at"], unique=False)

    op.create_table(
        "check_answers",
        sa.Column("publisher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("made_at", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["publisher_id"], ["publishers.id"], name=op.f("fk_check_answers_publisher_id_publishers")
        ),
        sa.PrimaryKeyConstraint("publisher_id", "key", name=op.f("pk_check_answers")),
    )
    with op.batch_alter_table("check_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check_answers_made_at"), ["made_at"], unique=False)


def _drop_passes() -> None:
    op.drop_table("check_answers")
    op.drop_table("connect_codes")
    op.drop_table("pass_keys")


def _give_articles_addresses() -> None:
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.add_column(sa.Column("url", sa.String(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_articles_publisher_id_url"), ["publisher_id", "url"])


def _take_articles_addresses() -> None:
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_articles_publisher_id_url"), type_="unique")
        batch_op.drop_column("url")


def _drop_keys() -> None:
    op.drop_table("publisher_sites")
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_keys_publisher_id"))

    op.drop_table("api_keys")


def _number_edge_secrets() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("publishers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("edge_secret_number", number, server_default="0", nullable=False))


def _forget_edge_secrets() -> None:
    with op.batch_alter_table("publishers", schema=None) as batch_op:
        batch_op.drop_column("edge_secret_number")


def _know_crawlers() -> None:
    op.create_table(
        "crawler_ranges",
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("ranges", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("fetched_at", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("operator", name=op.f("pk_crawler_ranges")),
    )
    with op.batch_alter_table("publishers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("crawlers", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
    with op.batch_alter_table("gate_events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("crawler", sa.String(), nullable=True))


def _know_no_crawlers() -> None:
    with op.batch_alter_table("gate_events", schema=None) as batch_op:
        batch_op.drop_column("crawler")
    with op.batch_alter_table("publishers", schema=None) as batch_op:
        batch_op.drop_column("crawlers")
    op.drop_table("crawler_ranges")


def _tell_publishers() -> None:
    _note_told_ends()
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("publisher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("turns", sa.JSON(), nullable=False),
        sa.Column("with_email", sa.Boolean(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("old_secret", sa.String(), nullable=True),
        sa.Column("old_secret_until", paywall.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("failing_since", paywall.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("held_until", paywall.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("is_slow", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", paywall.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("disabled_because", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["publisher_id"], ["publishers.id"], name=op.f("fk_webhook_endpoints_publisher_id_publishers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
        sa.UniqueConstraint("public_id", name=op.f("uq_webhook_endpoints_public_id")),
        sa.UniqueConstraint("publisher_id", "url", name=op.f("uq_webhook_endpoints_publisher_id_url")),
    )
    op.create_table(
        "access_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("publisher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("turn", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("valid_until", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("has_access", sa.Boolean(), nullable=False),
        sa.Column("access_until", paywall.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("occurred_at", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("noted_at", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("is_passed_on", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publisher_id"], ["publishers.id"], name=op.f("fk_access_events_publisher_id_publishers")
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["readers.id"], name=op.f("fk_access_events_reader_id_readers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_events")),
        sa.UniqueConstraint("cause", name=op.f("uq_access_events_cause")),
        sa.UniqueConstraint("public_id", name=op.f("uq_access_events_public_id")),
        sa.UniqueConstraint("reader_id", "sequence", name=op.f("uq_access_events_reader_id_sequence")),
    )
    with op.batch_alter_table("access_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_events_noted_at"), ["noted_at"], unique=False)
        batch_op.create_index(
            "ix_access_events_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("is_passed_on = 0"),
            postgresql_where=sa.text("NOT is_passed_on"),
        )

    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("endpoint_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("began_at", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("leased_until", paywall.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("claims", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ended_at", paywall.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoints.id"],
            name=op.f("fk_webhook_deliveries_endpoint_id_webhook_endpoints"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["access_events.id"],
            name=op.f("fk_webhook_deliveries_event_id_access_events"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("event_id", "endpoint_id", name=op.f("uq_webhook_deliveries_event_id_endpoint_id")),
    )
    with op.batch_alter_table("webhook_deliveries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_deliveries_began_at"), ["began_at"], unique=False)
        batch_op.create_index("ix_webhook_deliveries_latest", ["endpoint_id", "id"], unique=False)
        batch_op.create_index(
            "ix_webhook_deliveries_waiting",
            ["endpoint_id", "due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "webhook_attempts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("status", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("milliseconds", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["webhook_deliveries.id"],
            name=op.f("fk_webhook_attempts_delivery_id_webhook_deliveries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempts")),
    )
    with op.batch_alter_table("webhook_attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_attempts_delivery_id"), ["delivery_id"], unique=False)


def _note_told_ends() -> None:
    with op.batch_alter_table("entitlements", schema=None) as batch_op:
        batch_op.add_column(sa.Column("end_is_told", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index(
            "ix_entitlements_untold_end",
            ["valid_until"],
            unique=False,
            sqlite_where=sa.text("end_is_told = 0"),
            postgresql_where=sa.text("NOT end_is_told"),
        )
    rights = sa.table("entitlements", sa.column("end_is_told", sa.Boolean()), sa.column("valid_until", sa.DateTime()))
    past = rights.c.valid_until <= sa.func.current_timestamp()
    op.execute(rights.update().where(past).values(end_is_told=True))  # what is over is no news


def _tell_nobody() -> None:
    with op.batch_alter_table("webhook_attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_attempts_delivery_id"))

    op.drop_table("webhook_attempts")
    with op.batch_alter_table("webhook_deliveries", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_webhook_deliveries_waiting",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.drop_index("ix_webhook_deliveries_latest")
        batch_op.drop_index(batch_op.f("ix_webhook_deliveries_began_at"))

    op.drop_table("webhook_deliveries")
    with op.batch_alter_table("access_events", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_access_events_waiting",
            sqlite_where=sa.text("is_passed_on = 0"),
            postgresql_where=sa.text("NOT is_passed_on"),
        )
        batch_op.drop_index(batch_op.f("ix_access_events_noted_at"))

    op.drop_table("access_events")
    op.drop_table("webhook_endpoints")
    with op.batch_alter_table("entitlements", schema=None) as batch_op:
        batch_op.drop_index("ix_entitlements_untold_end")
        batch_op.drop_column("end_is_told")


def _remember_who_disputed() -> None:
    with op.batch_alter_table("disputes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("address_key", sa.String(), nullable=True))
        batch_op.create_index(batch_op.f("ix_disputes_address_key"), ["address_key"], unique=False)


def _forget_who_disputed() -> None:
    with op.batch_alter_table("disputes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disputes_address_key"))
        batch_op.drop_column("address_key")
