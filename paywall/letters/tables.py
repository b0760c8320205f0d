"""The words that a publisher has given a mail, for each language."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from paywall.database import Base, UtcDateTime


class MailText(Base):
    """A publisher's own words for one kind of mail in one language."""

    __tablename__ = "mail_texts"

    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]
    text: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
