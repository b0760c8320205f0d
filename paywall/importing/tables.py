"""Imports, their rows as they wait and as they were applied, and what was wrong with a file."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from paywall.database import Base, UtcDateTime

_RUNS = "state IN ('applying', 'undoing')"


class Import(Base):
    """One file that was checked, and what became of it."""

    __tablename__ = "imports"
    __table_args__ = (
        Index(
            "uq_imports_running", "publisher_id", unique=True, sqlite_where=text(_RUNS), postgresql_where=text(_RUNS)
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"), index=True)
    actor: Mapped[str]
    """Who sent the file, as the audit names people."""
    digest: Mapped[str] = mapped_column(default="")
    """Of the file's bytes, by which an import that was cut off is known again."""
    mapping: Mapped[str]
    existing: Mapped[str]
    """What happens to readers who have an account: `update` or `skip`."""
    has_letters: Mapped[bool] = mapped_column(default=False)
    """Who gets an account by it gets a letter, too."""
    state: Mapped[str]
    """`checking`, `checked`, `applying`, `applied`, `undoing` or `undone`."""
    row_count: Mapped[int] = mapped_column(default=0)
    problem_count: Mapped[int] = mapped_column(default=0)
    unknown_columns: Mapped[str] = mapped_column(default="")
    """The headers that were passed over, one a line."""
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ImportRow(Base):
    """One line of a file, and what it made. The address is forgotten once the line is applied."""

    __tablename__ = "import_rows"
    __table_args__ = (
        Index("ix_import_rows_state", "import_id", "state", "line"),
        Index("ix_import_rows_address", "import_id", "email_normalized"),
    )

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    email: Mapped[str]
    email_normalized: Mapped[str]
    plan: Mapped[str]
    source: Mapped[str]
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    customer_id: Mapped[str]
    subscription_id: Mapped[str]
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str]
    state: Mapped[str]
    """`waiting`, `done`, `undone`, or `kept`: something has changed since, so undoing left it (or a part of it)."""
    outcome: Mapped[str]
    """`opened`, `changed`, `unchanged` or `skipped`: foreseen while waiting, so once done."""
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("readers.id", ondelete="SET NULL"), index=True)
    set_right: Mapped[bool] = mapped_column(default=False)
    """It gave the reader the right to read until `ends_at`, or moved its end there."""
    before_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Where the end was before it was moved."""
    set_customer: Mapped[bool] = mapped_column(default=False)
    """It made the customer the reader's."""
    note: Mapped[str] = mapped_column(default="")
    """Why undoing left something."""


class ImportProblem(Base):
    """One thing that is wrong with a file."""

    __tablename__ = "import_problems"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), index=True)
    line: Mapped[int]
    column: Mapped[str]
    sentence: Mapped[str]
