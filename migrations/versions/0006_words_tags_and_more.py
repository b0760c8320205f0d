"""admins write the mails' words."""

import sqlalchemy as sa
from alembic import op

import paywall.database

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = paywall.database.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Add each room's tables."""
    _make_mail_texts()


def downgrade() -> None:
    """Take them away again, the last first."""
    op.drop_table("mail_texts")


def _make_mail_texts() -> None:
    op.create_table(
        "mail_texts",
        sa.Column("publisher_id", _ID, nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["publisher_id"], ["publishers.id"], name="fk_mail_texts_publisher_id_publishers"),
        sa.PrimaryKeyConstraint("publisher_id", "kind", "language", name="pk_mail_texts"),
    )
