"""What the tests of telling play with: a newspaper, its readers' rights, and its endpoints on this machine."""

import json
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from standardwebhooks import Webhook

from paywall import clock
from paywall.database import Database
from paywall.entitlements.granting import Grant, end_entitlement, set_entitlement
from paywall.entitlements.rules import Entitlement, Source, Standing
from paywall.entitlements.tables import AccessEvent, EntitlementRow
from paywall.outgoing.asking import Limits, Outgoing
from paywall.safe import Safe
from paywall.telling import claiming
from paywall.telling.attempting import attempt
from paywall.telling.endpoints import NewEndpoint, add_endpoint
from paywall.telling.lanes import tell_once
from paywall.telling.listing import DeliveryFacts, EndpointFacts, delivery_facts, endpoint_facts
from paywall.telling.parts import Telling
from paywall.telling.passing_on import pass_on
from paywall.telling.tables import Delivery, Endpoint
from tests.outgoing.receiver import Receiver, Reply, Request, plain

SECRET_KEY = "a secret for tests, long enough to be one"
QUICK = Limits(connect_seconds=2, read_seconds=5, total_seconds=5, answer_bytes=500)
DAY = timedelta(days=1)


def right(reader_id: int, source_id: str = "sub_1", **more: Any) -> Entitlement:
    """Return a right to read for a month."""
    facts: dict[str, Any] = {
        "source": Source.SUBSCRIPTION,
        "standing": Standing.SUBSCRIBED,
        "paid_through_at": None,
        "valid_until": clock.now() + 30 * DAY,
        "suspended": False,
    }
    return Entitlement(reader_id=reader_id, source_id=source_id, **{**facts, **more})


@dataclass
class Newspaper:
    """One publisher, one reader."""

    database: Database
    publisher_id: int
    reader_id: int
    telling: Telling = field(init=False)
    secrets: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.telling = Telling(self.database, Safe(SECRET_KEY, "webhooks"), Outgoing(("127.0.0.1",)), QUICK)

    def add(self, url: str, publisher_id: int | None = None, **more: Any) -> str:
        """Add an endpoint and return its id; its secret is kept."""
        with self.database.writing() as session:
            row, secret = add_endpoint(
                self.telling, session, publisher_id or self.publisher_id, NewEndpoint(url, **more), actor="test"
            )
            self.secrets[row.public_id] = secret
            return row.public_id

    def give(self, source_id: str = "sub_1", reader_id: int | None = None, **more: Any) -> None:
        """Store a right to read as it should be from now on."""
        with self.database.writing() as session:
            set_entitlement(session, Grant(self.publisher_id, right(reader_id or self.reader_id, source_id, **more)))

    def take_back(self, source_id: str = "sub_1") -> None:
        with self.database.writing() as session:
            end_entitlement(session, Source.SUBSCRIPTION, source_id, clock.now())

    def tell(self) -> int:
        """Do all that is due, here and now; returns how many attempts that were."""
        return tell_once(self.telling)

    def claim(self, most: int = 1, **more: Any) -> list[claiming.Claim]:
        with self.database.writing() as session:
            return claiming.claim(session, clock.wall(), most, slow=False, **more)

    def claim_new(self, most: int = 1) -> list[claiming.Claim]:
        """Pass on what is new and claim some of it, as a worker does."""
        pass_on(self.database)
        return self.claim(most)

    def attempt(self, claim: claiming.Claim) -> None:
        attempt(self.telling, claim)

    def time_passes(self, by: timedelta) -> None:
        """Make all that is noted of deliveries and endpoints so much older."""
        with self.database.writing() as session:
            for table, names in _TIMES.items():
                for row in session.scalars(select(table)):
                    for name in names:
                        at: datetime | None = getattr(row, name)
                        setattr(row, name, at - by if at else None)

    def due_now(self) -> None:
        """Make all that waits due, and hold nobody back."""
        with self.database.writing() as session:
            session.execute(update(Endpoint).values(held_until=None))
            session.execute(update(Delivery).values(due_at=clock.wall(), leased_until=None))

    def due_now_but_claimed(self) -> None:
        """Make all that waits due that nobody is at, and hold nobody back: endpoints first, as everybody does."""
        with self.database.writing() as session:
            session.execute(update(Endpoint).values(held_until=None, failures=0, is_slow=False))
            is_free = or_(Delivery.leased_until.is_(None), Delivery.leased_until <= clock.wall())
            session.execute(update(Delivery).where(is_free).values(due_at=clock.wall()))

    def events(self) -> list[AccessEvent]:
        return self.rows(AccessEvent)

    def turns(self) -> list[str]:
        return [event.turn.removeprefix("access.") for event in self.events()]

    def deliveries(self, endpoint: str | None = None) -> list[DeliveryFacts]:
        """Return deliveries, oldest first."""
        with self.database.reading() as session:
            return delivery_facts(session, self.publisher_id, endpoint, most=100_000)[::-1]

    def delivery(self) -> DeliveryFacts:
        [one] = self.deliveries()
        return one

    def endpoint(self) -> EndpointFacts:
        with self.database.reading() as session:
            [one] = endpoint_facts(session, self.publisher_id)
        return one

    def rows(self, table: Any) -> list[Any]:
        with self.database.reading() as session:
            return list(session.scalars(select(table).order_by(table.id)))

    def right_row(self) -> EntitlementRow:
        [row] = self.rows(EntitlementRow)
        assert isinstance(row, EntitlementRow)
        return row


_TIMES: dict[Any, tuple[str, ...]] = {
    Delivery: ("began_at", "due_at", "leased_until", "ended_at"),
    Endpoint: ("failing_since", "held_until", "created_at", "old_secret_until"),
    AccessEvent: ("noted_at",),
}


def heard(receiver: Receiver, secret: str) -> list[dict[str, Any]]:
    """Return what a receiver was told, each message verified by the library that receivers use."""
    return [Webhook(secret).verify(one.body, one.headers) for one in receiver.requests]


def ids(receiver: Receiver) -> list[str]:
    return [one.headers["webhook-id"] for one in receiver.requests]


def numbers(receiver: Receiver) -> list[int]:
    return [json.loads(one.body)["data"]["sequence"] for one in receiver.requests]


class Held:
    """A reply that is held back until it is let go, so that a race can be played by hand."""

    def __init__(self, then: Reply | None = None) -> None:
        self._then = then or plain(204)
        self._arrived, self._let_go = threading.Semaphore(0), threading.Event()

    def __call__(self, request: Request, write: Any) -> None:
        self._arrived.release()
        self._let_go.wait(10)
        self._then(request, write)

    def wait_for(self, requests: int = 1) -> None:
        """Return when so many more requests are being held."""
        for _ in range(requests):
            assert self._arrived.acquire(timeout=30)

    def let_go(self) -> None:
        self._let_go.set()


def wait_until(is_so: Any, seconds: float = 15) -> None:
    """Return as soon as it is so; fail when it never was."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)
