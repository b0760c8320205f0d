"""What every change begins and ends with: the subscription as we know it, and a word to Stripe."""

import secrets
from dataclasses import replace

from sqlalchemy.orm import Session

from paywall import audit
from paywall.billing.changing.rules import Held, Rate
from paywall.billing.parts import Billing
from paywall.billing.stripe_calls.asking import Json
from paywall.billing.subscriptions.reading import current_subscription
from paywall.billing.subscriptions.tables import Subscription, invoices_of


def current(billing: Billing, reader_id: int) -> Subscription | None:
    """Return the subscription that a reader's account speaks of."""
    with billing.database.reading() as session:
        return current_subscription(session, reader_id)


def held(row: Subscription) -> Held:
    """Return what the rules look at."""
    rate = Rate(row.amount_minor, row.interval, row.interval_count)
    return Held(row.status, rate, row.paid_through_at, is_paused=row.collection_is_paused)


def held_to_end(session: Session, row: Subscription) -> Held:
    """Return the same with what matters to who cancels: in the first hour of a period it is not charged for yet."""
    coming = [one for one in invoices_of(session, row.stripe_id) if one.status == "draft"]
    return replace(held(row), renewal_is_drafted=any(one.reason == "subscription_cycle" for one in coming))


def tell_stripe(billing: Billing, stripe_id: str, change: Json, key: str = "") -> Json:
    """Change a subscription at Stripe. Without a `key` the change must be one that may be made twice."""
    return billing.gateway.update_subscription(
        stripe_id, change, idempotency_key=key or f"change:{stripe_id}:{secrets.token_hex(8)}"
    )


def note(session: Session, row: Subscription, action: str, **detail: object) -> None:
    """Write into the audit what a reader did with a subscription."""
    audit.write(session, row.publisher_id, actor(row.reader_id), action, f"subscription:{row.stripe_id}", **detail)


def actor(reader_id: int | None) -> str:
    """Return a reader's name in the audit; of one who was erased, only that it was a reader."""
    return f"reader:{reader_id}" if reader_id else "reader"
