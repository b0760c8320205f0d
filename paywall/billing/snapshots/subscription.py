"""A subscription as Stripe described it at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from paywall.billing.snapshots.fields import Json, at, id_of, maybe_at, rows, whole
from paywall.billing.subscriptions.status import Terms

PAUSE_MARK = "paywall_pause"
"""The key in a subscription's metadata that says for what we paused it: `dispute` or `reader`."""

READER = "reader"
"""The word for a pause that the reader may end."""

NEXT_MARK = "paywall_next"
"""The key in a schedule's metadata that holds the lookup key of the price to come."""

PRICE_MARK = "paywall_price"
"""The key in a price's metadata that holds its lookup key, also after a newer price has taken that over."""


@dataclass(frozen=True, slots=True)
class Card:
    """What pays: enough to recognise a card, not to use it."""

    brand: str
    last4: str
    exp_month: int
    exp_year: int
    fingerprint: str | None


@dataclass(frozen=True, slots=True)
class Discount:
    """What is taken off for a while: a percentage as text (`50`, `33.33`) or an amount; `ends_at` None is for good."""

    percent: str | None
    minor: int | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class NextPhase:
    """A change that is scheduled."""

    schedule_id: str
    price_id: str | None
    lookup_key: str | None
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class SubscriptionSnapshot:
    """A subscription; amounts in minor units, times aware UTC."""

    stripe_id: str
    customer_id: str
    status: str
    created_at: datetime
    trial_end_at: datetime | None
    cancels_at: datetime | None
    canceled_at: datetime | None
    """When cancelling was asked for, at once or for later."""
    ended_at: datetime | None
    ended_because: str | None
    period_end_at: datetime | None
    price_ids: tuple[str, ...]
    lookup_key: str | None
    amount_minor: int
    currency: str
    interval: str
    interval_count: int
    latest_invoice_id: str | None
    collection_is_paused: bool
    resumes_at: datetime | None
    has_pending_update: bool
    saves_new_card: bool
    """The card that an open invoice is paid with at Stripe will be charged from then on."""
    livemode: bool
    schedule_id: str | None = None
    next: NextPhase | None = None
    discount: Discount | None = None
    card: Card | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def pause_is_for(self) -> str | None:
        """For what we paused it; None where we didn't, or where the pause is over."""
        return self.metadata.get(PAUSE_MARK) if self.collection_is_paused else None

    @property
    def terms(self) -> Terms:
        """What access depends on."""
        return Terms(
            self.status,
            self.created_at,
            self.trial_end_at,
            self.cancels_at,
            self.ended_at,
            is_paused=self.collection_is_paused,
        )


def read_subscription(found: Json) -> SubscriptionSnapshot:
    """Read a subscription object; its card, discount and schedule only where they were asked for whole."""
    items = rows(found.get("items"))
    prices = [_price(item) for item in items]
    recurring = whole(prices[0].get("recurring")) if prices else {}
    period_end = max((_period_end(found, item) for item in items), default=0)
    pause = whole(found.get("pause_collection"))
    return SubscriptionSnapshot(
        stripe_id=found["id"],
        customer_id=id_of(found["customer"]) or "",
        status=str(found["status"]),
        created_at=at(found["created"]),
        trial_end_at=maybe_at(found.get("trial_end")),
        cancels_at=maybe_at(found.get("cancel_at") or (period_end if found.get("cancel_at_period_end") else None)),
        canceled_at=maybe_at(found.get("canceled_at")),
        ended_at=maybe_at(found.get("ended_at")),
        ended_because=whole(found.get("cancellation_details")).get("reason"),
        period_end_at=maybe_at(period_end),
        price_ids=tuple(price["id"] for price in prices),
        lookup_key=next((key for price in prices if (key := lookup_key_of(price))), None),
        amount_minor=sum(
            (price.get("unit_amount") or 0) * _quantity(item) for price, item in zip(prices, items, strict=True)
        ),
        currency=found.get("currency") or "",
        interval=recurring.get("interval") or "month",
        interval_count=recurring.get("interval_count") or 1,
        latest_invoice_id=id_of(found.get("latest_invoice")),
        collection_is_paused=bool(pause),
        resumes_at=maybe_at(pause.get("resumes_at")),
        has_pending_update=bool(found.get("pending_update")),
        saves_new_card=whole(found.get("payment_settings")).get("save_default_payment_method") == "on_subscription",
        livemode=bool(found.get("livemode")),
        schedule_id=id_of(found.get("schedule")),
        next=_next_phase(whole(found.get("schedule"))),
        discount=_discount(found),
        card=_card(found),
        metadata=dict(found.get("metadata") or {}),
    )


def lookup_key_of(price: Json) -> str | None:
    """Return by which of our lookup keys a price was made, though a newer price may hold that key now."""
    return price.get("lookup_key") or whole(price.get("metadata")).get(PRICE_MARK)


def _price(item: Json) -> Json:
    """Return the price of an item; before 2020 it was a plan, in other words."""
    plan = whole(item.get("plan"))
    return whole(item.get("price")) or {**plan, "unit_amount": plan.get("amount"), "recurring": plan}


def _period_end(found: Json, item: Json) -> int:
    return int(item.get("current_period_end") or found.get("current_period_end") or 0)  # before 2025: on the whole


def _quantity(item: Json) -> int:
    quantity = item.get("quantity")
    return 1 if quantity is None else int(quantity)


def _next_phase(schedule: Json) -> NextPhase | None:
    """Return what a schedule says comes after the present phase."""
    ends = whole(schedule.get("current_phase")).get("end_date")
    coming = [phase for phase in rows(schedule.get("phases")) if ends and phase["start_date"] >= ends]
    if schedule.get("status") != "active" or not coming:
        return None
    items = rows(coming[0].get("items"))
    price_id = id_of(items[0].get("price")) if items else None
    key = whole(schedule.get("metadata")).get(NEXT_MARK)
    return NextPhase(schedule["id"], price_id, key, at(coming[0]["start_date"]))


def _discount(found: Json) -> Discount | None:
    """Return the first discount; its coupon stands in `source`, before 2025 directly in it."""
    for one in rows(found.get("discounts")):
        coupon = whole(whole(one.get("source")).get("coupon") or one.get("coupon"))
        if coupon:
            percent = coupon.get("percent_off")
            text = f"{percent:g}" if isinstance(percent, int | float) else percent
            return Discount(text, coupon.get("amount_off"), maybe_at(one.get("end")))
    return None


def _card(found: Json) -> Card | None:
    """Return the card that will be charged: the subscription's own, else the customer's."""
    usual = whole(whole(found.get("customer")).get("invoice_settings")).get("default_payment_method")
    card = whole(whole(found.get("default_payment_method") or usual).get("card"))
    if not card:
        return None
    return Card(card["brand"], card["last4"], card["exp_month"], card["exp_year"], card.get("fingerprint"))
