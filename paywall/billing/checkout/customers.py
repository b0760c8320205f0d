"""A reader's customer at Stripe: made once, and made anew where somebody has deleted it there."""

from structlog import get_logger

from paywall import clock
from paywall.billing.checkout.order import Order
from paywall.billing.checkout.tables import customer_of, deleted_customers_of, keep_customer, note_deleted
from paywall.billing.checkout.turns import Turn
from paywall.billing.parts import Billing
from paywall.billing.stripe_calls.asking import Json
from paywall.billing.stripe_errors import IdempotencyConflict, StripeNotFound, StripeUnavailable, is_kept
from paywall.errors import PaywallError

log = get_logger()


def living_customer(billing: Billing, reader_id: int) -> str | None:
    """Return the reader's customer if Stripe still has it; None also while there is none yet."""
    with billing.database.reading() as session:
        customer = customer_of(session, reader_id)
    return None if customer is None or look_whether_deleted(billing, customer) else customer


def look_whether_deleted(billing: Billing, customer: str) -> bool:
    """Ask whether a customer was deleted at Stripe, and note it if so."""
    try:
        is_deleted = bool(billing.gateway.retrieve_customer(customer).get("deleted"))
    except StripeNotFound:
        is_deleted = True
    if is_deleted:
        with billing.database.writing() as session:
            if note_deleted(session, customer, clock.wall()):
                log.warning("a customer was deleted at stripe", customer=customer)
    return is_deleted


def tell_address(billing: Billing, customer: str, email: str) -> None:
    """Have Stripe send its own mails about a customer to another address; where it is away, it goes without."""
    try:
        billing.gateway.update_customer(customer, {"email": email})
    except PaywallError as error:
        log.warning("address not told to stripe", customer=customer, error=type(error).__name__)


def make_customer(billing: Billing, order: Order, turn: Turn) -> str:
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
