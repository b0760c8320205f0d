"""The payment page at Stripe: the reader's one customer, the others of their pages closed, no second subscription."""

from dataclasses import dataclass
from urllib.parse import quote

from structlog import get_logger

from paywall import clock
from paywall.billing.catalogue.plans import Price, price_on_offer
from paywall.billing.checkout.errors import AlreadySubscribed, CheckoutBusy, PaymentDue
from paywall.billing.checkout.tables import customer_of, deleted_customers_of, keep_customer
from paywall.billing.checkout.turns import Turn, Wish, keep_page
from paywall.billing.parts import Billing
from paywall.billing.stripe_calls.asking import Json
from paywall.billing.stripe_errors import IdempotencyConflict, StripeRefused, StripeUnavailable, is_kept
from paywall.billing.subscriptions.status import ENDED, Status
from paywall.billing.syncing.sync import sync_subscription
from paywall.publishers.rules import Profile

_LONGEST_ADDRESS = 4000
_STRIPE_LANGUAGES = frozenset({"en", "ru"})  # Stripe's pages don't speak Azerbaijani yet

log = get_logger()


@dataclass(frozen=True, slots=True)
class Order:
    """What a reader asks for; `site` is the publisher's own address, such as `https://news.example`."""

    publisher: Profile
    reader_id: int
    email: str
    lookup_key: str
    next: str
    site: str

    @property
    def wish(self) -> Wish:
        """The part that a checkout row keeps."""
        return Wish(self.publisher.id, self.reader_id, self.lookup_key, self.next)


def open_page(billing: Billing, order: Order, turn: Turn) -> str:
    """Return the address of a page made for this turn's attempt; it is noted before it is returned."""
    price_id = _price_at_stripe(billing, order)
    with billing.database.reading() as session:
        customer = customer_of(session, order.reader_id)
    page = _left_open(billing, customer, turn) if customer else None
    if page is None:
        customer = customer or _make_customer(billing, order, turn)
        params = _session_params(order, turn, customer, price_id)
        page = billing.gateway.create_checkout_session(params, idempotency_key=_checkout_key(order, turn))
    if not page.get("url"):
        raise StripeUnavailable(was_answered=True)
    keep_page(billing.database, turn, page["id"], page["url"], clock.wall())
    return str(page["url"])


def _price_at_stripe(billing: Billing, order: Order) -> str:
    """Return Stripe's id of the price; one that is missing there, or costs something else than we say, is our fault."""
    with billing.database.reading() as session:
        price = price_on_offer(session, order.publisher.id, order.lookup_key)
    found = billing.gateway.find_prices([order.lookup_key]).get(order.lookup_key)
    if price is None or found is None or not _costs_the_same(price, found):
        log.error("price differs at stripe, run `paywall stripe setup`", alarm=True, lookup_key=order.lookup_key)
        raise StripeRefused
    return str(found["id"])


def _costs_the_same(price: Price, found: Json) -> bool:
    return (found.get("unit_amount"), found.get("currency")) == (price.amount_minor, price.currency.lower())


def _left_open(billing: Billing, customer: str, turn: Turn) -> Json | None:
    """Close the customer's other pages, refuse a second subscription, and return this attempt's page if it exists."""
    mine, all_closed = None, True
    for page in billing.gateway.list_checkout_sessions(customer, "open"):
        if (page.get("metadata") or {}).get("checkout") == turn.checkout_id:
            mine = page
        else:
            all_closed = _close(billing, page) and all_closed
    for subscription in billing.gateway.list_subscriptions(customer):
        status = str(subscription.get("status"))
        if status not in ENDED:
            sync_subscription(billing, subscription["id"])
            refuse_beside(status)
    if not all_closed:
        raise CheckoutBusy  # a payment is just being made on a page of an earlier click
    return mine


def refuse_beside(status: str) -> None:
    """Refuse a second subscription beside one of that status; one whose status nobody knows counts as owing."""
    if status in (Status.ACTIVE, Status.TRIALING):
        raise AlreadySubscribed
    if status not in ENDED:
        raise PaymentDue


def _close(billing: Billing, page: Json) -> bool:
    try:
        billing.gateway.expire_checkout_session(page["id"])
    except StripeRefused:
        return False
    return True


def _make_customer(billing: Billing, order: Order, turn: Turn) -> str:
    """Make the reader's one customer.

    Where Stripe holds on to an answer that is of no use, a key of this attempt's own gets another: a customer whom
    nobody ever hears of again does no harm.
    """
    key = _customer_key(billing, order.reader_id)
    try:
        made = _ask_for_customer(billing, order, key)
    except (IdempotencyConflict, StripeUnavailable) as error:
        if not is_kept(error):
            raise
        made = _ask_for_customer(billing, order, f"{key}:{turn.checkout_id}")
    with billing.database.writing() as session:
        keep_customer(session, order.publisher.id, order.reader_id, made["id"], clock.now())
    return str(made["id"])


def _customer_key(billing: Billing, reader_id: int) -> str:
    """Return the idempotency key of a reader's customer; another one after an earlier was deleted at Stripe."""
    with billing.database.reading() as session:
        gone = deleted_customers_of(session, reader_id)
    return f"customer:{reader_id}:{gone}" if gone else f"customer:{reader_id}"


def _ask_for_customer(billing: Billing, order: Order, key: str) -> Json:
    metadata = {"publisher": order.publisher.slug, "reader": str(order.reader_id)}
    return billing.gateway.create_customer(email=order.email, metadata=metadata, idempotency_key=key)


def _checkout_key(order: Order, turn: Turn) -> str:
    return f"checkout:{order.reader_id}:{order.lookup_key}:{turn.checkout_id}"


def _session_params(order: Order, turn: Turn, customer: str, price_id: str) -> Json:
    """Return what Stripe is told of the page: the same for each try of one attempt."""
    metadata = {"publisher": order.publisher.slug, "reader": str(order.reader_id), "checkout": turn.checkout_id}
    back = f"{order.site}/subscribe?next={quote(turn.next, safe='/')}"
    return {
        "mode": "subscription",
        "customer": customer,
        "client_reference_id": str(order.reader_id),
        "line_items": [{"price": price_id, "quantity": 1}],
        "success_url": f"{order.site}/subscribe/welcome?session_id={{CHECKOUT_SESSION_ID}}",
        "cancel_url": back if len(back) <= _LONGEST_ADDRESS else f"{order.site}/subscribe",
        "allow_promotion_codes": True,
        "locale": order.publisher.language if order.publisher.language in _STRIPE_LANGUAGES else "auto",
        "metadata": metadata,
        "subscription_data": {"metadata": metadata},
    }
