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
    _number_edge_secrets()


def downgrade() -> None:
    """The reverse, in reverse order."""
    _forget_edge_secrets()
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
