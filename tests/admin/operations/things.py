"""What goes wrong in a newspaper's machine room, put there by a test."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from paywall import clock, outbox
from paywall.app import Product
from paywall.billing.checkout.tables import keep_customer
from paywall.billing.subscriptions.tables import BillingEvent
from paywall.billing.webhooks import inbox
from paywall.outbox import Mail, OutboxMail
from paywall.publishers.profiles import choose
from paywall.readers.finding import find_reader

HOUR = timedelta(hours=1)


def event(product: Product, name: str, subject: str = "sub_1", customer: str = "cus_1", **columns: Any) -> int:
    """Put an event into the inbox, with these columns; returns its number."""
    found = {"id": subject, "customer": customer}
    sent = {"id": name, "object": "event", "type": "customer.subscription.updated", "livemode": False}
    with product.database.writing() as session:
        inbox.receive(session, {**sent, "created": 1, "data": {"object": found}}, livemode=False)
        row = session.scalars(select(BillingEvent).where(BillingEvent.event_id == name)).one()
        for column, value in columns.items():
            setattr(row, column, value)
        return row.id


def failed_event(product: Product, name: str, **more: Any) -> int:
    """Put an event there that failed and is due in an hour."""
    return event(product, name, last_error="Stripe said no", attempts=3, due_at=clock.wall() + HOUR, **more)


def stored_event(product: Product, number: int) -> BillingEvent:
    """Return an event as it is stored."""
    with product.database.reading() as session:
        return session.get_one(BillingEvent, number)


def customer_of(product: Product, email: str, slug: str, stripe_id: str) -> None:
    """Have a reader of a newspaper be that customer at Stripe."""
    publisher_id = choose(product.database, slug).id
    with product.database.writing() as session:
        keep_customer(session, publisher_id, find_reader(session, publisher_id, email).id, stripe_id, clock.now())


def mail(product: Product, cause: str, slug: str = "news", **columns: Any) -> int:
    """Put a mail into the outbox, with these columns; returns its number."""
    with product.database.writing() as session:
        written = Mail("ada@example.com", f"Subject {cause}", "text", "html")
        outbox.post(session, choose(product.database, slug).id, "test", cause, written)
        session.execute(update(OutboxMail).where(OutboxMail.cause == cause).values({"attempts": 0, **columns}))
        return session.scalars(select(OutboxMail.id).where(OutboxMail.cause == cause)).one()


def stored_mail(product: Product, number: int) -> OutboxMail:
    """Return a mail as it is stored."""
    with product.database.reading() as session:
        return session.get_one(OutboxMail, number)
