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
    _make_notes()


def downgrade() -> None:
    """Take them away again, the last first."""
    _drop_notes()


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
