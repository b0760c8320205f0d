"""Which mails a reader wants: some kinds can be switched off, those that a contract or a law needs can't."""

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from paywall import audit
from paywall.billing.letters.coming import CARD_EXPIRING
from paywall.billing.links import Links
from paywall.database import Base, insert_once
from paywall.errors import BadInput
from paywall.readers.finding import publisher_of_reader

OPTIONAL = {"billing_receipt": "receipts for renewals", CARD_EXPIRING: "reminders that a card expires"}
"""Kinds of mail that can be switched off, with what they are called."""

PURPOSE = "mails"


class MailSwitch(Base):
    """A kind of mail that a reader has switched off."""

    __tablename__ = "mail_switches"

    reader_id: Mapped[int] = mapped_column(ForeignKey("readers.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)


def mails_switched_off(session: Session, reader_id: int) -> frozenset[str]:
    """Return the kinds of mail that a reader doesn't want."""
    return frozenset(session.scalars(select(MailSwitch.kind).where(MailSwitch.reader_id == reader_id)))


def switch_mails(session: Session, reader_id: int, kind: str, on: bool) -> None:
    """Switch a kind of mail on or off; raises BadInput naming `kind` for one that can't be switched."""
    if kind not in OPTIONAL:
        raise BadInput("kind", "This kind of mail can't be switched off.")
    if (kind in mails_switched_off(session, reader_id)) is not on:
        return
    if on:
        session.execute(delete(MailSwitch).where(MailSwitch.reader_id == reader_id, MailSwitch.kind == kind))
    else:
        insert_once(session, MailSwitch, {"reader_id": reader_id, "kind": kind})
    publisher = publisher_of_reader(session, reader_id)
    deed = "mails_switched_on" if on else "mails_switched_off"
    audit.write(session, publisher, f"reader:{reader_id}", deed, f"reader:{reader_id}", kind=kind)


def switch_path(links: Links, reader_id: int, kind: str) -> str | None:
    """Return the address, from the site's root, where this kind can be switched; None for one that can't be."""
    return f"/billing/mails/{links.token(PURPOSE, str(reader_id), kind)}" if kind in OPTIONAL else None
