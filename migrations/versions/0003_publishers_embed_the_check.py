"""publishers embed the check."""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each capability adds its tables in a function of its own, called from here."""


def downgrade() -> None:
    """The reverse, in reverse order."""
