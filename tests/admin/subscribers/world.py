"""A small publication with all that is hard for a list: ties, second subscriptions, the erased, a neighbour."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from paywall import clock
from paywall.admin.subscribers.asking.reading import Choices
from paywall.billing.checkout.tables import Customer
from paywall.billing.subscriptions.status import Status
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.database import Database
from paywall.entitlements.rules import Source, Standing
from paywall.entitlements.tables import EntitlementRow
from paywall.publishers.setup import NewPublisher, set_up_publisher
from paywall.readers.tables import Reader, SignIn

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CURRENCIES = ("EUR", "JPY")
KEYS = {"digital": ("news:digital:month:eur", "news:digital:month:jpy"), "patron": ("news:patron:year:eur",)}
CHOICES = Choices(ZoneInfo("Asia/Baku"), KEYS, CURRENCIES)
_NAMES = ("ada", "Ada", "ådne", "a%da", "a_da", "a\\da", "zoe", "'; drop table readers; --", "😀", "bob", "=1+1")


@dataclass(frozen=True)
class World:
    database: Database
    publisher_id: int
    neighbour_id: int


def build(database: Database, readers: int = 90) -> World:
    """Make the publication and its neighbour, each with so many readers; the same every time."""
    with database.writing() as session:
        ours = set_up_publisher(session, NewPublisher("news", "The News", "news.test", "Asia/Baku")).id
        theirs = set_up_publisher(session, NewPublisher("other", "The Other", "other.test")).id
        dice = random.Random(7)
        for index in range(readers):
            for publisher_id in (ours, theirs):
                _reader(session, dice, publisher_id, index)
    return World(database, ours, theirs)


def _reader(session: Session, dice: random.Random, publisher_id: int, index: int) -> None:
    email = f"{dice.choice(_NAMES)}{index % 30}.{index}@post.example"
    row = Reader(
        publisher_id=publisher_id,
        email=email,
        email_normalized=email.replace("A", "a"),
        fs_uniquifier=f"{publisher_id}-{index}",
        created_at=NOW - dice.randint(0, 20) * DAY,
        active=dice.random() > 0.1,
    )
    session.add(row)
    session.flush()
    for number in range(dice.choice((0, 0, 1, 1, 2))):
        _subscription(session, dice, row, number)
    for number in range(dice.choice((0, 0, 0, 1, 2))):
        _comp(session, dice, row, number)
    if index % 7 == 3:
        apart = random.Random(index)  # so that all others are as they were before there were imports
        session.add(_right(apart, row, Source.IMPORT, f"import_{row.id}", Standing.PAID_THROUGH))
    for number in range(dice.choice((0, 1, 4, 5, 5))):
        days = 20 if number == 0 and index % 2 else 2
        session.add(SignIn(reader_id=row.id, token_hash=f"{row.id}-{number}", created_at=clock.wall() - days * DAY))


def _subscription(session: Session, dice: random.Random, reader: Reader, number: int) -> None:
    key = dice.choice((*KEYS["digital"], *KEYS["patron"], None))
    name, currency = f"{reader.id}x{number}", "JPY" if key and key.endswith("jpy") else "EUR"
    row = Subscription(
        publisher_id=reader.publisher_id,
        reader_id=reader.id,
        stripe_id=f"sub_{name}",
        customer_id=f"cus_{reader.id}",
        is_current=number == 0,
        status=dice.choice((*Status, "brand_new")),
        price_id="price_1",
        lookup_key=key,
        amount_minor=499,
        currency=currency,
        interval="month",
        interval_count=1,
        created_at=reader.created_at,
        synced_at=NOW,
    )
    session.add(row)
    standing = dice.choice([one for one in Standing if one is not Standing.COMP])
    session.add(_right(dice, reader, Source.SUBSCRIPTION, row.stripe_id, standing))
    session.add(
        Invoice(
            publisher_id=reader.publisher_id,
            reader_id=reader.id,
            stripe_id=f"in_{name}",
            subscription_id=row.stripe_id,
            payment_id=f"pi_{name}",
            number=f"NEWS{reader.id}-000{number}",
            status="paid",
            currency=currency,
            total_minor=499,
            paid_minor=499,
            created_at=reader.created_at,
            reason="subscription_create",
        )
    )
    if number == 0:
        customer = {"stripe_id": f"cus_{reader.id}", "created_at": reader.created_at}
        session.add(Customer(publisher_id=reader.publisher_id, reader_id=reader.id, **customer))


def _comp(session: Session, dice: random.Random, reader: Reader, number: int) -> None:
    session.add(_right(dice, reader, Source.COMP, f"comp_{reader.id}x{number}", Standing.COMP))


def _right(dice: random.Random, reader: Reader, source: Source, source_id: str, standing: Standing) -> EntitlementRow:
    return EntitlementRow(
        publisher_id=reader.publisher_id,
        reader_id=reader.id,
        source=source.value,
        source_id=source_id,
        standing=standing.value,
        valid_until=NOW + dice.randint(-3, 3) * DAY,
        suspended=dice.random() < 0.15,
        created_at=reader.created_at,
    )
