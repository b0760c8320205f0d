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
    _let_deliveries_be_tests()
    _make_tags()
    _make_unanswered_acts()


def downgrade() -> None:
    """Take them away again, the last first."""
    op.drop_table("unanswered_acts")
    _drop_tags()
    _forget_deliveries_that_are_tests()
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


def _let_deliveries_be_tests() -> None:
    with op.batch_alter_table("webhook_deliveries") as batch_op:
        batch_op.alter_column("event_id", existing_type=_ID, nullable=True)


def _forget_deliveries_that_are_tests() -> None:
    op.execute("DELETE FROM webhook_deliveries WHERE event_id IS NULL")
    with op.batch_alter_table("webhook_deliveries") as batch_op:
        batch_op.alter_column("event_id", existing_type=_ID, nullable=False)


def _make_unanswered_acts() -> None:
    op.create_table(
        "unanswered_acts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("publisher_id", _ID, nullable=False),
        sa.Column("reader_id", _ID, nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["publisher_id"], ["publishers.id"], name="fk_unanswered_acts_publisher_id_publishers"),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["readers.id"], name="fk_unanswered_acts_reader_id_readers", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_unanswered_acts"),
    )
    op.create_index("ix_unanswered_acts_asked_at", "unanswered_acts", ["asked_at"])
    op.create_index("ix_unanswered_acts_whose", "unanswered_acts", ["publisher_id", "reader_id", "action"])


def _make_tags() -> None:
    op.add_column("articles", sa.Column("tags", sa.JSON(), server_default="[]", nullable=False))
    op.create_table(
        "article_tags",
        sa.Column("article_id", _ID, nullable=False, autoincrement=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_article_tags_article_id_articles"),
        sa.PrimaryKeyConstraint("article_id", "slug", name="pk_article_tags"),
    )
    op.create_index("ix_article_tags_slug", "article_tags", ["slug", "article_id"])


def _drop_tags() -> None:
    op.drop_table("article_tags")
    op.drop_column("articles", "tags")
