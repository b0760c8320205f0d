"""admins help readers and see how the business does."""

import sqlalchemy as sa
from alembic import op  # noqa: F401

import paywall.database

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = paywall.database.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Add each room's tables."""


def downgrade() -> None:
    """Take them away again, the last first."""
