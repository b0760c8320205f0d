"""Our books spoilt in every way that a lost write, a bad script or a hand in the database may spoil them.

Each function spoils those of one subscription; all must become what they were.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from paywall import clock
from paywall.billing.ledger.tables import Payment
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.entitlements.tables import EntitlementRow
from tests.billing.stripe_world import World
from tests.proof.drift.books import books
from tests.proof.storm.stories import Life


def _write(world: World, *statements: Any) -> None:
    with world.database.writing() as session:
        for statement in statements:
            session.execute(statement)


def _subscription(life: Life, **values: object) -> Any:
    return update(Subscription).where(Subscription.stripe_id == life.subscription).values(**values)


def _right(life: Life, **values: object) -> Any:
    return update(EntitlementRow).where(EntitlementRow.source_id == life.subscription).values(**values)


def _invoice(life: Life, **values: object) -> Any:
    return update(Invoice).where(Invoice.subscription_id == life.subscription).values(**values)


def status_changed_here(world: World, life: Life) -> None:
    _write(world, _subscription(life, status="past_due"))


def period_changed_here(world: World, life: Life) -> None:
    _write(world, _subscription(life, period_end_at=life.first_end + timedelta(days=10)))


def cancellation_invented_here(world: World, life: Life) -> None:
    _write(world, _subscription(life, cancels_at=life.first_end))


def price_changed_here(world: World, life: Life) -> None:
    _write(world, _subscription(life, amount_minor=1))


def card_changed_here(world: World, life: Life) -> None:
    _write(world, _subscription(life, card_last4="0000"))


def right_too_long(world: World, life: Life) -> None:
    _write(world, _right(life, valid_until=world.time.now() + timedelta(days=300)))


def right_too_short(world: World, life: Life) -> None:
    _write(world, _right(life, valid_until=world.time.now() - timedelta(days=1)))


def right_gone(world: World, life: Life) -> None:
    _write(world, delete(EntitlementRow).where(EntitlementRow.source_id == life.subscription))


def right_suspended(world: World, life: Life) -> None:
    _write(world, _right(life, suspended=True))


def invoice_missing(world: World, life: Life) -> None:
    ours = select(Invoice.stripe_id).where(Invoice.subscription_id == life.subscription)
    _write(
        world,
        delete(Payment).where(Payment.invoice_id.in_(ours)),
        delete(Invoice).where(Invoice.subscription_id == life.subscription),
    )


def payment_missing(world: World, life: Life) -> None:
    ours = select(Invoice.stripe_id).where(Invoice.subscription_id == life.subscription)
    _write(world, delete(Payment).where(Payment.invoice_id.in_(ours)))


def amount_paid_changed_here(world: World, life: Life) -> None:
    _write(world, _invoice(life, paid_minor=Invoice.paid_minor + 100))


def refund_invented_here(world: World, life: Life) -> None:
    _write(world, _invoice(life, refunded_minor=100))


def invoice_open_here(world: World, life: Life) -> None:
    _write(world, _invoice(life, status="open"))


def subscription_missing_here(world: World, life: Life) -> None:
    ours = select(Invoice.stripe_id).where(Invoice.subscription_id == life.subscription)
    _write(
        world,
        delete(Payment).where(Payment.invoice_id.in_(ours)),
        delete(Invoice).where(Invoice.subscription_id == life.subscription),
        delete(EntitlementRow).where(EntitlementRow.source_id == life.subscription),
        delete(Subscription).where(Subscription.stripe_id == life.subscription),
    )


def invent(world: World, life: Life) -> None:
    """Write a subscription, with a right of its own, that Stripe has never had."""
    with world.database.writing() as session:
        for table, name in ((Subscription, "stripe_id"), (EntitlementRow, "source_id")):
            own = select(table.__table__).where(getattr(table, name) == life.subscription)
            row = {**session.execute(own).mappings().one(), name: invented_id(life)}
            del row["id"]
            session.execute(insert(table).values(row | ({"is_current": False} if table is Subscription else {})))


def invented_gives_nothing(world: World, life: Life) -> bool:
    """Tell whether what was invented opens nothing any more."""
    return not any(row["valid_until"] > clock.now() for row in books(world, invented_id(life))["rights"])


def invented_id(life: Life) -> str:
    """Return the id of the subscription that was invented for a reader."""
    return f"{life.subscription}Invented"
