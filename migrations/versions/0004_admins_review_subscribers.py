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
    _make_subscriber_list()


def downgrade() -> None:
    _drop_subscriber_list()


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
