"""Changing the plan or the price: an upgrade at once for what its preview said, anything else with the next period."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from paywall.billing.changing.asking import current, note, tell_stripe
from paywall.billing.changing.choosing import Choice
from paywall.billing.changing.previewing import Preview, at_once, preview_change, price_at_stripe
from paywall.billing.changing.rules import is_still_exact
from paywall.billing.parts import Billing
from paywall.billing.snapshots.fields import at, id_of, rows, whole
from paywall.billing.snapshots.subscription import NEXT_MARK
from paywall.billing.stripe_calls.asking import Json
from paywall.billing.stripe_errors import IdempotencyConflict, StripeRefused
from paywall.billing.subscriptions.tables import Subscription, invoices_of
from paywall.billing.syncing.sync import sync_subscription


class Switched(StrEnum):
    """What became of an order."""

    DONE = "done"
    SCHEDULED = "scheduled"
    TO_CONFIRM = "to_confirm"
    """The reader's bank wants the payment confirmed; until then nothing has changed."""
    UNPAID = "unpaid"
    """The payment was refused, and nothing has changed."""


class OutdatedPreview(Exception):
    """What the reader agreed to is not what it would cost now: show `fresh` and ask again."""

    def __init__(self, fresh: Preview) -> None:
        super().__init__(fresh.seal)
        self.fresh = fresh


@dataclass(frozen=True, slots=True)
class Order:
    """What a reader has agreed to: a price, and the seal and moment of the preview that was shown."""

    lookup_key: str
    seal: str
    moment: int


def switch(billing: Billing, reader_id: int, order: Order, now: datetime, *, is_noted: bool = False) -> Switched:
    """Change a reader's subscription; the same order twice is one change.

    `is_noted` says that the audit has it already, from whoever does it for the reader. Raises OutdatedPreview before
    anything is done, CannotChangeNow, NotAChoice, CardRefused, and the situations of `stripe_errors`.
    """
    row = current(billing, reader_id)
    if row is not None and order.lookup_key in (row.lookup_key, row.next_lookup_key):
        return Switched.DONE if order.lookup_key == row.lookup_key else Switched.SCHEDULED
    agreed = _agreed(billing, reader_id, order, now)
    assert row is not None  # noqa: S101 - there was a preview of it
    done = _change_now(billing, row, agreed) if agreed.choice.at_once else _change_later(billing, row, agreed.choice)
    sync_subscription(billing, row.stripe_id)
    with billing.database.writing() as session:
        if done is Switched.UNPAID and _waits_for_bank(session, row):
            done = Switched.TO_CONFIRM
        if not is_noted:
            note(session, row, "subscription_switched", to=order.lookup_key, outcome=done)
    return done


def undo_switch(billing: Billing, reader_id: int) -> None:
    """Take a scheduled change back; twice is once. Raises the situations of `stripe_errors`."""
    row = current(billing, reader_id)
    if row is None or row.schedule_id is None:
        return
    with suppress(StripeRefused):  # it was taken back already: the sync will show
        billing.gateway.release_schedule(row.schedule_id)
    sync_subscription(billing, row.stripe_id)
    with billing.database.writing() as session:
        note(session, row, "switch_undone", schedule=row.schedule_id)


def _agreed(billing: Billing, reader_id: int, order: Order, now: datetime) -> Preview:
    """Return the preview that the order holds to, made again for the same moment."""
    if not is_still_exact(at(order.moment), now):
        raise OutdatedPreview(preview_change(billing, reader_id, order.lookup_key, now))
    again = preview_change(billing, reader_id, order.lookup_key, now, order.moment)
    if again.seal != order.seal:
        raise OutdatedPreview(preview_change(billing, reader_id, order.lookup_key, now))
    return again


def _change_now(billing: Billing, row: Subscription, agreed: Preview) -> Switched:
    """Make the change for what was agreed; one whose payment needs the reader waits for it, up to 23 hours."""
    change: Json = {
        **at_once(billing, row, agreed.choice, agreed.at),
        "payment_behavior": "pending_if_incomplete",
    }
    key = f"switch:{row.stripe_id}:{agreed.choice.lookup_key}:{agreed.at}"
    try:
        answer = tell_stripe(billing, row.stripe_id, change, key)
    except IdempotencyConflict:  # the other of two clicks is at it
        return Switched.DONE
    return Switched.UNPAID if answer.get("pending_update") else Switched.DONE


def _waits_for_bank(session: Session, row: Subscription) -> bool:
    return any(one.status == "open" and one.needs_action for one in invoices_of(session, row.stripe_id))


def _change_later(billing: Billing, row: Subscription, choice: Choice) -> Switched:
    """Schedule the change for the end of the period."""
    price_id = price_at_stripe(billing, choice)
    schedule = _schedule_of(billing, row)
    params = {
        "end_behavior": "release",
        "proration_behavior": "none",
        "metadata": {NEXT_MARK: choice.lookup_key},
        "phases": _phases(schedule, price_id, choice),
    }
    billing.gateway.update_schedule(schedule["id"], params, idempotency_key=_fresh_key(schedule["id"]))
    return Switched.SCHEDULED


def _schedule_of(billing: Billing, row: Subscription) -> Json:
    """Return the schedule that the subscription is under: what an unfinished attempt has left, or a new one."""
    left = _attached(billing, row)
    if left:
        return left
    try:
        return billing.gateway.create_schedule(row.stripe_id, idempotency_key=_fresh_key(row.stripe_id))
    except StripeRefused:  # the other of two clicks was quicker
        made = _attached(billing, row)
        if not made:
            raise
        return made


def _attached(billing: Billing, row: Subscription) -> Json:
    found = billing.gateway.retrieve_subscription(row.stripe_id, expand=("schedule",))
    return dict(whole(found.get("schedule")))


def _fresh_key(about: str) -> str:
    """Return a key of its own: what it is for may be done twice."""
    return f"schedule:{about}:{secrets.token_hex(8)}"


def _phases(schedule: Json, price_id: str, choice: Choice) -> list[Json]:
    """Return the present phase as it is, and the coming one with all that is not to change."""
    present = schedule["phases"][0]
    kept = _kept(present)
    now = {
        **kept,
        "items": [{"price": id_of(item["price"]), "quantity": item.get("quantity", 1)} for item in present["items"]],
        "start_date": present["start_date"],
        "end_date": present["end_date"],
        **({"trial_end": present["trial_end"]} if present.get("trial_end") else {}),
    }
    coming = {
        **kept,
        "items": [{"price": price_id, "quantity": 1}],
        "duration": {"interval": choice.rate.interval, "interval_count": choice.rate.interval_count},
    }
    return [now, coming]


def _kept(phase: Json) -> Json:
    """Return the discounts and tax rates of a phase: what is not named again would be lost."""
    discounts = [{"discount": id_of(one.get("discount"))} for one in rows(phase.get("discounts"))]
    rates = [id_of(one) for one in phase.get("default_tax_rates") or []]
    return {**({"discounts": discounts} if discounts else {}), **({"default_tax_rates": rates} if rates else {})}
