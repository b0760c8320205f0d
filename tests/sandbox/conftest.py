"""The real Stripe SDK, driving a sandbox in process; time that only moves when a test moves it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import stripe
from requests.structures import CaseInsensitiveDict
from werkzeug.test import Client, TestResponse

from paywall.sandbox import Sandbox
from tests.sandbox import truth

BASE = "http://127.0.0.1:8000/sandbox"
SUCCESS_URL = "http://shop.example/welcome?session_id={CHECKOUT_SESSION_ID}"
CANCEL_URL = "http://shop.example/subscribe"

GOOD_CARD = "4242424242424242"
DECLINED_CARD = "4000000000000002"
DECLINED_LATER_CARD = "4000000000000341"
POOR_CARD = "4000000000009995"
SECURE_CARD = "4000002760003184"


class InProcess(stripe.HTTPClient):
    """The SDK's transport, calling the sandbox's WSGI application."""

    name = "sandbox"

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__()
        self._client = Client(sandbox.wsgi)
        self.differences: set[str] = set()
        self.kinds: set[str] = set()

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_more: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        path = url.removeprefix("http://sandbox")
        try:
            answer = self._client.open(path, method=method.upper(), headers=dict(headers or {}), data=post_data)
        except ConnectionError as lost:
            raise stripe.APIConnectionError("the answer was lost", should_retry=True) from lost  # type: ignore[no-untyped-call]
        if answer.status_code == 200:
            self.differences |= set(truth.differences(answer.get_json()))
            self.kinds |= truth.kinds_in(answer.get_json())
        return answer.text, answer.status_code, CaseInsensitiveDict(answer.headers)

    def close(self) -> None:
        """Nothing is kept open."""

    def sleep_async(self, secs: float) -> Any:
        raise NotImplementedError


@dataclass
class Time:
    """A clock that stands until it is moved."""

    at: datetime = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)

    @property
    def seconds(self) -> int:
        return int(self.at.timestamp())


@dataclass
class Inbox:
    """A webhook endpoint that remembers what it was sent, and answers what it is told to."""

    answer: Callable[[str], int] = lambda _type: 200
    taken: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)

    def deliver(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        self.taken.append((url, body, headers))
        return self.answer(url)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def sandbox(time: Time, inbox: Inbox, tmp_path: Path) -> Iterator[Sandbox]:
    """Whatever a test makes the sandbox hold is judged at its end."""
    made = Sandbox(tmp_path / "stripe.sqlite", BASE, now=time.now, wall=time.now, deliver=inbox.deliver)
    yield made
    found = truth.differences_in(made)
    made.close()
    assert found == set()


@pytest.fixture
def transport(sandbox: Sandbox) -> Iterator[InProcess]:
    """Every answer of every test is held against Stripe's spec and the SDK."""
    made = InProcess(sandbox)
    yield made
    assert made.differences == set()


def client_of(sandbox: Sandbox, transport: InProcess, *, key: str | None = None, retries: int = 0) -> Any:
    return stripe.StripeClient(
        key or sandbox.secret_key,
        http_client=transport,
        base_addresses={"api": "http://sandbox"},
        max_network_retries=retries,
    )


@pytest.fixture
def client(sandbox: Sandbox, transport: InProcess) -> Any:
    return client_of(sandbox, transport)


@pytest.fixture
def browser(sandbox: Sandbox) -> Client:
    return Client(sandbox.wsgi)


@dataclass
class Shop:
    """A shop with one monthly price, and what its readers do."""

    client: Any  # the SDK types what may be expanded as unions; tests know what they asked for
    browser: Client
    price: Any

    def customer(self, email: str = "reader@example.org") -> Any:
        return self.client.v1.customers.create({"email": email})

    def session(self, customer: Any, **more: Any) -> Any:
        return self.client.v1.checkout.sessions.create(
            {
                "mode": "subscription",
                "customer": customer.id,
                "client_reference_id": "reader-1",
                "line_items": [{"price": self.price.id, "quantity": 1}],
                "success_url": SUCCESS_URL,
                "cancel_url": CANCEL_URL,
                **more,
            }
        )

    def pay(self, session: Any, number: str = GOOD_CARD, **fields: str) -> TestResponse:
        return self.browser.post(page_of(session), data={**card_form(number), **fields})

    def subscribe(self, number: str = GOOD_CARD) -> Any:
        session = self.session(self.customer())
        assert self.pay(session, number).status_code == 303
        done = self.client.v1.checkout.sessions.retrieve(session.id)
        return self.client.v1.subscriptions.retrieve(str(done.subscription))


@pytest.fixture
def shop(client: Any, browser: Client) -> Shop:
    product = client.v1.products.create({"name": "Digital"})
    price = client.v1.prices.create(
        {
            "currency": "eur",
            "unit_amount": 499,
            "product": product.id,
            "recurring": {"interval": "month"},
            "lookup_key": "daily:digital:month:eur",
        }
    )
    return Shop(client, browser, price)


def page_of(thing: Any) -> str:
    return str(thing.url).removeprefix(BASE)


def card_form(number: str) -> dict[str, str]:
    return {
        "card_number": number,
        "card_expiry": "12 / 30",
        "card_cvc": "123",
        "billing_name": "Leyla Aliyeva",
        "billing_country": "AZ",
    }


def types_of(client: Any) -> list[str]:
    """Return the types of all events in the order they happened."""
    return [event.type for event in client.v1.events.list({"limit": 100}).data][::-1]
