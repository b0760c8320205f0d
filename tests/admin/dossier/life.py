"""A reader to whom something of every kind has happened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from paywall import audit, clock, outbox
from paywall.app import Product
from paywall.articles.rules import AccessLevel
from paywall.articles.tables import Article
from paywall.billing.ledger.tables import Payment, Refund
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.entitlements.comps import give_comp
from paywall.entitlements.granting import Grant, set_entitlement
from paywall.entitlements.rules import Entitlement, Source, Standing
from paywall.gate.events import GateEvent
from paywall.outbox import Mail
from paywall.readers.finding import find_reader
from paywall.readers.notes import write_note
from tests.staff.people import Person, person

DAY = timedelta(days=1)


@dataclass
class Life:
    """The reader, and where the page of her is."""

    person: Person
    reader_id: int

    @property
    def path(self) -> str:
        return f"/admin/subscribers/{self.reader_id}"


def begin(product: Product, email: str = "leyla@example.com", slug: str = "news") -> Life:
    """Open an account, and no more."""
    somebody = person(product, email, slug)
    with product.database.reading() as session:
        return Life(somebody, find_reader(session, somebody.publisher_id, email).id)


def subscribe(product: Product, life: Life, **changes: Any) -> None:
    """Store a subscription with a paid invoice, a part of it given back, and the right that it gives."""
    now, publisher_id, name = clock.now(), life.person.publisher_id, f"{life.reader_id}"
    with product.database.writing() as session:
        session.add(subscription(publisher_id, life.reader_id, now, **changes))
        session.add(invoice(publisher_id, life.reader_id, now))
        money = {"publisher_id": publisher_id, "invoice_id": f"in_{name}", "currency": "EUR"}
        session.add(Payment(**money, stripe_id=f"pay_{name}", amount_minor=499, at=now - DAY, payment_id=f"pi_{name}"))
        session.add(Refund(**money, stripe_id=f"re_{name}", amount_minor=100, at=now, status="succeeded", reason=None))
        right = Entitlement(
            life.reader_id,
            Source.SUBSCRIPTION,
            f"sub_{name}",
            Standing.SUBSCRIBED,
            now + 29 * DAY,
            now + 30 * DAY,
            False,
        )
        set_entitlement(session, Grant(publisher_id, right))


def live_on(product: Product, life: Life) -> None:
    """Have everything else happen: a comp, a mail, a note, a deed of a reader's, a wall, a view."""
    now, publisher_id = clock.now(), life.person.publisher_id
    with product.database.writing() as session:
        give_comp(session, publisher_id, life.reader_id, days=9, reason="The flood <b>", actor="command line")
        mail = Mail(life.person.email, "Welcome to The News", "text", "html")
        outbox.post(session, publisher_id, "welcome", f"reader:{life.reader_id}", mail)
        write_note(session, publisher_id, life.reader_id, "Calls on Mondays.", author="staff:999")
        subject = f"subscription:sub_{life.reader_id}"
        audit.write(session, publisher_id, f"reader:{life.reader_id}", "subscription_canceled", subject)
        article = new_article(publisher_id, now)
        session.add(article)
        session.flush()
        for extent, reason in (("preview", "meter_used_up"), ("full", "metered")):
            answer = {"extent": extent, "reason": reason, "prompt": "none", "at": now}
            session.add(GateEvent(publisher_id=publisher_id, article_id=article.id, reader_id=life.reader_id, **answer))


def subscription(publisher_id: int, reader_id: int, now: datetime, **changes: Any) -> Subscription:
    values: dict[str, Any] = {
        "publisher_id": publisher_id,
        "reader_id": reader_id,
        "stripe_id": f"sub_{reader_id}",
        "customer_id": f"cus_{reader_id}",
        "is_current": True,
        "status": "active",
        "price_id": "price_1",
        "lookup_key": "news:digital:month:eur",
        "amount_minor": 499,
        "currency": "EUR",
        "interval": "month",
        "interval_count": 1,
        "created_at": now - DAY,
        "period_end_at": now + 29 * DAY,
        "paid_through_at": now + 29 * DAY,
        "collection_is_paused": False,
        "synced_at": now,
    }
    return Subscription(**values | changes)


def invoice(publisher_id: int, reader_id: int, now: datetime, **changes: Any) -> Invoice:
    values: dict[str, Any] = {
        "publisher_id": publisher_id,
        "reader_id": reader_id,
        "stripe_id": f"in_{reader_id}",
        "subscription_id": f"sub_{reader_id}",
        "payment_id": f"pi_{reader_id}",
        "number": f"NEWS-{reader_id}",
        "status": "paid",
        "currency": "EUR",
        "total_minor": 499,
        "paid_minor": 499,
        "refunded_minor": 100,
        "created_at": now - DAY,
        "period_end_at": now + 29 * DAY,
        "reason": "subscription_create",
    }
    return Invoice(**values | changes)


def new_article(publisher_id: int, now: datetime, slug: str = "dams", access: str = AccessLevel.METERED) -> Article:
    return Article(
        publisher_id=publisher_id,
        key=slug,
        slug=slug,
        title=f"On {slug}",
        access=access,
        section="",
        body_html="<p>All of it.</p>",
        preview_html="<p>All</p>",
        word_count=3,
        published_at=now - DAY,
        opens_at=now - DAY,
        version="1",
    )
