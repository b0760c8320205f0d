"""a delivery's number is never given again, not even after it is deleted."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Have SQLite remember the highest number it gave; PostgreSQL does so anyway."""
    _make_deliveries_anew(is_remembered=True)


def downgrade() -> None:
    """Let it forget."""
    _make_deliveries_anew(is_remembered=False)


def _make_deliveries_anew(*, is_remembered: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    options = {"sqlite_autoincrement": is_remembered}
    with op.batch_alter_table("webhook_deliveries", recreate="always", table_kwargs=options):
        pass
