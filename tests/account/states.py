"""Subscriptions, invoices and rights as they may stand on 24 November 2026, made without a database."""

from datetime import UTC, datetime, timedelta
from typing import Any

from paywall.account.sentences import state
from paywall.account.situation import Facts
from paywall.account.statement import Statement, Telling
from paywall.account.tongue import Tongue
from paywall.billing.changing.rules import Rate
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.entitlements.rules import Entitlement, Source, Standing

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BEGAN = datetime(2026, 10, 24, 8, 0, tzinfo=UTC)
NEXT = datetime(2026, 12, 24, 8, 0, tzinfo=UTC)
GRACE = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
IN_TONGUE = Tongue("en", "Europe/Berlin")


def subscription(**about: Any) -> Subscription:
    """A monthly subscription at 4.99 € that is paid until 24 December, unless something else is said."""
    usual: dict[str, Any] = {
        "stripe_id": "sub_1",
        "reader_id": 7,
        "publisher_id": 1,
        "customer_id": "cus_1",
        "is_current": True,
        "status": "active",
        "price_id": "price_1",
        "lookup_key": "news:digital:month:eur",
        "amount_minor": 499,
        "currency": "EUR",
        "interval": "month",
        "interval_count": 1,
        "created_at": BEGAN,
        "period_end_at": NEXT,
        "paid_through_at": NEXT,
        "collection_is_paused": False,
        "is_paused_for_dispute": False,
        "has_pending_update": False,
    }
    return Subscription(**{**usual, **about})


def invoice(**about: Any) -> Invoice:
    """A paid invoice over 4.99 € for the present period."""
    usual: dict[str, Any] = {
        "stripe_id": "in_1",
        "subscription_id": "sub_1",
        "status": "paid",
        "currency": "EUR",
        "total_minor": 499,
        "paid_minor": 499 if about.get("status", "paid") == "paid" else 0,
        "refunded_minor": 0,
        "period_end_at": NEXT,
        "created_at": NOW - timedelta(days=1),
        "reason": "subscription_cycle",
        "needs_action": False,
        "is_processing": False,
    }
    return Invoice(**{**usual, **about})


def right(until: datetime = NEXT, *, suspended: bool = False, standing: Standing = Standing.SUBSCRIBED) -> Entitlement:
    """What the subscription gives."""
    return Entitlement(7, Source.SUBSCRIPTION, "sub_1", standing, until, until, suspended=suspended)


def comp(until: datetime = NEXT) -> Entitlement:
    """A right that was given away."""
    return Entitlement(7, Source.COMP, "comp_1", Standing.COMP, None, until, suspended=False)


def told(facts: Facts, next_rate: Rate | None = None) -> Statement:
    """Return what the account says on 24 November."""
    return state(Telling(facts, IN_TONGUE, NOW, next_rate))
