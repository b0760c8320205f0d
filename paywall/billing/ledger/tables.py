"""The ledger's tables: payments, refunds, disputes. They outlive the reader, as books must."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from paywall.billing.subscriptions.status import DISPUTED, LOST
from paywall.database import Base, UtcDateTime


class Movement(Base):
    """What every movement of money has; amounts in minor units."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"), index=True)
    stripe_id: Mapped[str] = mapped_column(unique=True)
    invoice_id: Mapped[str] = mapped_column(index=True)
    """The invoice's Stripe id."""
    currency: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Payment(Movement):
    """Money that came in on an invoice."""

    __tablename__ = "payments"

    payment_id: Mapped[str | None] = mapped_column(index=True)
    """The payment intent, or the charge where there is none; None for what was paid outside Stripe."""


class Refund(Movement):
    """Money that went back to a reader, or is on its way."""

    __tablename__ = "refunds"

    status: Mapped[str]
    """`succeeded`, `pending`, `requires_action`, `failed` or `canceled`: only the first three count."""
    reason: Mapped[str | None]


class Dispute(Movement):
    """A payment that a cardholder asked their bank to take back."""

    __tablename__ = "disputes"

    reader_id: Mapped[int | None] = mapped_column(ForeignKey("readers.id", ondelete="SET NULL"), index=True)
    subscription_id: Mapped[str] = mapped_column(index=True)
    status: Mapped[str]
    """Stripe's word: `needs_response`, `under_review`, `won`, `lost`, or an inquiry's `warning_…`."""
    reason: Mapped[str]
    address_key: Mapped[str | None] = mapped_column(index=True)
    """Keyed hash of the reader's normalised e-mail address, as trials keep it: accounts come and go."""


def has_open_dispute(session: Session, subscription_id: str) -> bool:
    """Tell whether a payment for a subscription was being disputed when we last asked."""
    query = select(Dispute.id).where(Dispute.subscription_id == subscription_id, Dispute.status.in_(DISPUTED))
    return session.scalar(query.limit(1)) is not None


def disputes_of(session: Session, subscription_id: str) -> list[Dispute]:
    """Return the disputes about payments for a subscription, oldest first."""
    query = select(Dispute).where(Dispute.subscription_id == subscription_id)
    return list(session.scalars(query.order_by(Dispute.at, Dispute.id)))


def has_lost_dispute(session: Session, reader_id: int, address_key: str) -> bool:
    """Tell whether this account or this address has ever taken a payment back through the bank: no trial for them."""
    same = or_(Dispute.reader_id == reader_id, Dispute.address_key == address_key)
    return session.scalar(select(Dispute.id).where(same, Dispute.status == LOST).limit(1)) is not None
