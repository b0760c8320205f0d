"""Moving a subscription to another account of the same newspaper; its customer, card and invoices go along."""

from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from paywall.billing.changing.tables import CancellationRequest
from paywall.billing.checkout.tables import Customer
from paywall.billing.parts import Billing
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.billing.syncing import lease
from paywall.entitlements.granting import Grant, set_entitlement
from paywall.entitlements.reading import entitlements_of
from paywall.entitlements.rules import Source
from paywall.errors import PaywallError
from paywall.readers.finding import hold_reader, reader_by_id


class CannotMove(PaywallError):
    """This account can't take over what the other one has."""

    status = 409
    code = "cannot_move"


def has_paid_here(session: Session, reader_id: int) -> bool:
    """Tell whether a reader has ever been a customer: two at Stripe can't be made one."""
    customer = select(Customer.id).where(Customer.reader_id == reader_id).limit(1)
    bought = select(Subscription.id).where(Subscription.reader_id == reader_id).limit(1)
    return session.scalar(customer) is not None or session.scalar(bought) is not None


def move(session: Session, billing: Billing, publisher_id: int, from_id: int, to_id: int) -> list[str]:
    """Give another reader all that a reader has: subscriptions, invoices, customer, rights to read.

    Works in the caller's transaction; returns the customers at Stripe, whose address is to follow. Both accounts are
    held, and every running sync is fenced off, so that none writes the old owner again. What a publisher's own system
    granted stays where it was put. Raises CannotMove.
    """
    for reader_id in sorted((from_id, to_id)):
        hold_reader(session, reader_id)
    _refuse(session, publisher_id, from_id, to_id)
    ids = session.scalars(select(Subscription.stripe_id).where(Subscription.reader_id == from_id)).all()
    for stripe_id in sorted(ids):
        held = lease.claim(session, stripe_id, billing.lease_seconds, by_force=True)
        if held is not None:
            lease.free(session, held)
    for table in (Subscription, Invoice, CancellationRequest, Customer):
        session.execute(update(table).where(table.reader_id == from_id).values(reader_id=to_id))
    _move_rights(session, publisher_id, from_id, to_id)
    return list(session.scalars(select(Customer.stripe_id).where(Customer.reader_id == to_id)))


def _refuse(session: Session, publisher_id: int, from_id: int, to_id: int) -> None:
    to = reader_by_id(session, publisher_id, to_id)
    if to is None or not to.active or to_id == from_id:
        raise CannotMove
    if has_paid_here(session, to_id):
        raise CannotMove("That account has been a customer itself: its card and invoices can't be mixed with others.")


def _move_rights(session: Session, publisher_id: int, from_id: int, to_id: int) -> None:
    for one in entitlements_of(session, from_id):
        if one.source is Source.SUBSCRIPTION or not one.source_id.startswith("api_"):
            set_entitlement(session, Grant(publisher_id, replace(one, reader_id=to_id)))
