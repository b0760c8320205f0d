"""The payment page at Stripe: the reader's one customer, the others of their pages closed, no second subscription."""

from urllib.parse import quote, urlencode

from structlog import get_logger

from paywall import clock
from paywall.billing.catalogue.plans import Price, price_on_offer
from paywall.billing.catalogue.wording import percent
from paywall.billing.checkout.customers import living_customer, make_customer
from paywall.billing.checkout.errors import AlreadySubscribed, CheckoutBusy, PaymentDue
from paywall.billing.checkout.order import Order
from paywall.billing.checkout.turns import Turn, keep_page
from paywall.billing.parts import Billing
from paywall.billing.stripe_calls.asking import Json
from paywall.billing.stripe_calls.selling import TAX_MARK, TAX_RATE_MARK
from paywall.billing.stripe_errors import StripeRefused, StripeUnavailable
from paywall.billing.subscriptions.status import ENDED, RUNNING
from paywall.billing.syncing.sync import sync_subscription

_LONGEST_ADDRESS = 4000
_STRIPE_LANGUAGES = frozenset({"en", "ru"})  # Stripe's pages don't speak Azerbaijani yet

log = get_logger()


def open_page(billing: Billing, order: Order, turn: Turn) -> str:
    """Return the address of a page made for this turn's attempt; it is noted before it is returned."""
    price = _price_at_stripe(billing, order)
    customer = living_customer(billing, order.reader_id)
    page = _left_open(billing, customer, turn) if customer else None
    if page is None:
        customer = customer or make_customer(billing, order, turn)
        params = _session_params(order, turn, customer, price)
        page = billing.gateway.create_checkout_session(params, idempotency_key=_checkout_key(order, turn))
    if not page.get("url"):
        raise StripeUnavailable(was_answered=True)
    keep_page(billing.database, turn, page["id"], page["url"], clock.wall())
    return str(page["url"])


def _price_at_stripe(billing: Billing, order: Order) -> Json:
    """Return Stripe's price; one that is missing there, or is not what we say, is our fault."""
    found = billing.gateway.find_prices([order.lookup_key]).get(order.lookup_key)
    with billing.database.reading() as session:
        price = price_on_offer(session, order.publisher.id, order.lookup_key)
        is_as_said = price is not None and found is not None and _is_same(price, found)
    if found is None or not is_as_said:
        log.error("price differs at stripe, run `paywall stripe setup`", alarm=True, lookup_key=order.lookup_key)
        raise StripeRefused
    return found


def _is_same(price: Price, found: Json) -> bool:
    """Compare amount, currency and the tax that is part of it."""
    told, tax = found.get("metadata") or {}, price.plan.tax_basis_points
    same_tax = told.get(TAX_MARK, "") == (percent(tax) if tax else "") and bool(told.get(TAX_RATE_MARK)) == bool(tax)
    return same_tax and (found.get("unit_amount"), found.get("currency")) == (
        price.amount_minor,
        price.currency.lower(),
    )


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
    if status in RUNNING:
        raise AlreadySubscribed
    if status not in ENDED:
        raise PaymentDue


def _close(billing: Billing, page: Json) -> bool:
    try:
        billing.gateway.expire_checkout_session(page["id"])
    except StripeRefused:
        return False
    return True


def _checkout_key(order: Order, turn: Turn) -> str:
    return f"checkout:{order.reader_id}:{order.lookup_key}:{turn.checkout_id}"


def _session_params(order: Order, turn: Turn, customer: str, price: Json) -> Json:
    """Return what Stripe is told of the page: the same for each try of one attempt."""
    metadata = {"publisher": order.publisher.slug, "reader": str(order.reader_id), "checkout": turn.checkout_id}
    return {
        "mode": "subscription",
        "customer": customer,
        "client_reference_id": str(order.reader_id),
        "line_items": [{"price": price["id"], "quantity": 1}],
        "success_url": f"{order.site}/subscribe/welcome?session_id={{CHECKOUT_SESSION_ID}}",
        "cancel_url": _way_back(order, turn),
        "locale": order.publisher.language if order.publisher.language in _STRIPE_LANGUAGES else "auto",
        "metadata": metadata,
        "subscription_data": {"metadata": metadata, **_trial(turn), **_tax(price)},
        **({"payment_method_collection": "always"} if turn.trial_days else {}),
        # Stripe takes either a discount or a field in which a code can be typed
        **({"discounts": [{"coupon": turn.coupon}]} if turn.coupon else {"allow_promotion_codes": True}),
    }


def _way_back(order: Order, turn: Turn) -> str:
    """Return the plans page with the choice kept, its currency with it."""
    back = (
        f"{order.site}/subscribe?{urlencode({'price': turn.lookup_key, 'next': turn.next}, safe='/:', quote_via=quote)}"
    )
    return back if len(back) <= _LONGEST_ADDRESS else f"{order.site}/subscribe"


def _trial(turn: Turn) -> Json:
    if not turn.trial_days:
        return {}
    without_card = {"end_behavior": {"missing_payment_method": "cancel"}}
    return {"trial_period_days": turn.trial_days, "trial_settings": without_card}


def _tax(price: Json) -> Json:
    rate = (price.get("metadata") or {}).get(TAX_RATE_MARK)
    return {"default_tax_rates": [rate]} if rate else {}
