"""admins review subscribers."""

import sqlalchemy as sa
from alembic import op

import paywall.database

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _make_staff()
    _make_subscriber_list()


def downgrade() -> None:
    _drop_subscriber_list()
    _drop_staff()


_TIME = paywall.database.UtcDateTime(timezone=True)


def _make_staff() -> None:
    op.create_table(
        "staff_members",
        sa.Column("id", _ID, nullable=False),
        sa.Column("publisher_id", _ID, nullable=False),
        sa.Column("reader_id", _ID, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("added_at", _TIME, nullable=False),
        sa.Column("totp_sealed", sa.String(), nullable=True),
        sa.Column("totp_step", _ID, nullable=False),
        _points("staff_members", "publisher_id", "publishers"),
        _points("staff_members", "reader_id", "readers", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_members")),
        sa.UniqueConstraint("reader_id", name=op.f("uq_staff_members_reader_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_staff_members_publisher_id"), "staff_members", ["publisher_id"])
    op.create_table(
        "staff_recovery_codes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        _points("staff_recovery_codes", "member_id", "staff_members", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_recovery_codes")),
    )
    op.create_index(op.f("ix_staff_recovery_codes_member_id"), "staff_recovery_codes", ["member_id"])
    op.create_table(
        "staff_proofs",
        sa.Column("sign_in_id", _ID, autoincrement=False, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("second_factor_at", _TIME, nullable=True),
        sa.Column("password_at", _TIME, nullable=True),
        _points("staff_proofs", "sign_in_id", "sign_ins", ondelete="CASCADE"),
        _points("staff_proofs", "member_id", "staff_members", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sign_in_id", name=op.f("pk_staff_proofs")),
    )
    op.create_index(op.f("ix_staff_proofs_member_id"), "staff_proofs", ["member_id"])
    op.create_table(
        "staff_invitations",
        sa.Column("id", _ID, nullable=False),
        sa.Column("publisher_id", _ID, nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_normalized", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        _points("staff_invitations", "publisher_id", "publishers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_invitations")),
        sa.UniqueConstraint("digest", name=op.f("uq_staff_invitations_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_staff_invitations_publisher_id"), "staff_invitations", ["publisher_id"])
    op.create_table(
        "staff_acts",
        sa.Column("publisher_id", _ID, nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        _points("staff_acts", "publisher_id", "publishers"),
        sa.PrimaryKeyConstraint("publisher_id", "token", name=op.f("pk_staff_acts")),
    )
    op.create_index(op.f("ix_staff_acts_at"), "staff_acts", ["at"])


def _drop_staff() -> None:
    for table in ("staff_acts", "staff_invitations", "staff_proofs", "staff_recovery_codes", "staff_members"):
        op.drop_table(table)


def _points(table: str, column: str, to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete=ondelete)


_LIST_INDEXES = (
    ("ix_entitlements_ends", "entitlements", ["publisher_id", "valid_until", "reader_id"]),
    ("ix_entitlements_source", "entitlements", ["publisher_id", "source", "valid_until", "reader_id"]),
    ("ix_entitlements_standing", "entitlements", ["publisher_id", "standing", "valid_until", "reader_id"]),
    ("ix_invoices_number", "invoices", ["publisher_id", "number"]),
    ("ix_readers_joined", "readers", ["publisher_id", "created_at", "id"]),
    ("ix_subscriptions_currency", "subscriptions", ["publisher_id", "is_current", "currency", "reader_id"]),
    ("ix_subscriptions_price", "subscriptions", ["publisher_id", "is_current", "lookup_key", "reader_id"]),
    ("ix_subscriptions_status", "subscriptions", ["publisher_id", "is_current", "status", "reader_id"]),
)


def _make_subscriber_list() -> None:
    for name, table, columns in _LIST_INDEXES:
        op.create_index(name, table, columns)
    _collate("C")
    op.create_table(
        "saved_views",
        sa.Column("id", _ID, nullable=False),
        sa.Column("publisher_id", _ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("created_at", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["publisher_id"], ["publishers.id"], name=op.f("fk_saved_views_publisher_id_publishers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("publisher_id", "name", name=op.f("uq_saved_views_publisher_id_name")),
    )


def _drop_subscriber_list() -> None:
    op.drop_table("saved_views")
    _collate("default")
    for name, table, _ in reversed(_LIST_INDEXES):
        op.drop_index(name, table)


def _collate(collation: str) -> None:
    """Sort addresses by their letters' numbers, as SQLite does: only so does an index help to find their beginning."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f'ALTER TABLE readers ALTER COLUMN email_normalized TYPE VARCHAR COLLATE "{collation}"')
