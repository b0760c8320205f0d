"""The reckoning after a storm: what was lost, doubled or left wrong."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from paywall.audit import AuditEntry
from paywall.billing.subscriptions.tables import BillingEvent
from paywall.billing.webhooks.inbox import OPEN
from paywall.billing.webhooks.incoming import concerns_us
from tests.billing.stripe_world import Json, World
from tests.proof.storm.stories import Fate

_ONCE = ("subscription_added", "subscription_ended", "second_given_back")


def open_events(world: World) -> int:
    """Return how many events nobody has worked off."""
    with world.database.reading() as session:
        return session.scalar(select(func.count()).where(BillingEvent.state.in_(OPEN))) or 0


def lost(world: World, events: Sequence[Json]) -> int:
    """Count events that never came to an end in the inbox, or that ended as being of no concern though they are."""
    ended = {row.event_id: row.state for row in world.inbox() if row.state not in OPEN}
    return sum(ended.get(event["id"]) is None for event in events) + sum(
        ended.get(event["id"]) == "ignored" and _is_ours(event) for event in events
    )


def _is_ours(event: Json) -> bool:
    return concerns_us(event["type"]) and event["type"].startswith("customer.subscription.")


def doubled(world: World) -> int:
    """Count effects that happened more than once for their cause."""
    deeds = Counter((row.action, row.subject) for row in world.rows(AuditEntry) if row.action in _ONCE)
    mails = Counter((row.kind, row.cause) for row in world.mails())
    refunds = Counter(one["charge"] for one in world.sandbox_objects("refund"))
    tallies: list[Counter[Any]] = [deeds, mails, refunds]
    return sum(count - 1 for tally in tallies for count in tally.values())


def wrong(world: World, fates: Sequence[Fate]) -> list[str]:
    """Tell of readers who may read longer or shorter than they should, and of payments that differ from Stripe's."""
    astray = [f"{fate} but {world.entitlements(fate.reader_id)}" for fate in fates if not _as_expected(world, fate)]
    ours, theirs = _kept_here(world), _kept_at_stripe(world)
    differing = sorted(key for key in ours.keys() | theirs.keys() if ours[key] != theirs[key])
    return astray + [f"{key}: {ours[key]} here, {theirs[key]} at Stripe" for key in differing]


def _as_expected(world: World, fate: Fate) -> bool:
    now = world.time.now()
    ends = [one.valid_until for one in world.entitlements(fate.reader_id) if one.valid_until > now]
    return bool(ends == ([fate.until] if fate.until else []))


def _kept_here(world: World) -> Counter[str]:
    return Counter({row.payment_id: row.paid_minor - row.refunded_minor for row in world.invoices() if row.payment_id})


def _kept_at_stripe(world: World) -> Counter[str]:
    kept = Counter[str]()
    for charge in world.sandbox_objects("charge"):
        if charge["paid"]:
            kept[charge["payment_intent"]] += charge["amount_captured"] - charge["amount_refunded"]
    return kept
