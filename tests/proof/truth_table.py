"""Who may read, judged by hand from what Stripe holds: a table in words, and nothing of the product.

Takes Stripe's own objects (subscription, invoices, charges, disputes) as plain data and a moment, and says "yes", "no"
or, in the hours of slack after a period that renews, "either". It knows no rule, no status list and no constant of the
product, so it can be wrong only by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]
YES, NO, EITHER = "yes", "no", "either"
SLACK = timedelta(hours=24)
SLACK_WHILE_STRIPE_IS_AWAY = timedelta(hours=72)

# status              reads until                                        and then, for the slack, perhaps
TABLE = {
    "trialing": ("the end of the trial or what is paid", "unless it is set to end"),
    "active": ("the end of what is paid", "unless it is set to end, paused, or its money went back"),
    "past_due": ("the end of what is paid and the grace period", "never"),
    "canceled": ("the end of what is paid", "never"),
    "unpaid": ("never", "never"),
    "incomplete": ("never", "never"),
    "incomplete_expired": ("never", "never"),
    "paused": ("never", "never"),
}


@dataclass(frozen=True)
class Held:
    """What Stripe holds about one subscription."""

    subscription: Json
    invoices: Sequence[Json]
    payments: dict[str, str]
    """The payment intent of each invoice that has one, by the invoice's id."""
    charges: Sequence[Json]
    disputes: Sequence[Json]


def verdict(held: Held, now: datetime, grace_days: int = 14, slack: timedelta = SLACK) -> str:
    """Say whether the reader of this subscription may read at this moment."""
    surely, perhaps = spans(held, grace_days, slack)
    if surely is not None and now < surely:
        return YES
    return EITHER if perhaps is not None and now < perhaps else NO


def spans(held: Held, grace_days: int, slack: timedelta) -> tuple[datetime | None, datetime | None]:
    """Return until when one surely reads, and until when perhaps; None for never."""
    until, after = TABLE.get(held.subscription["status"], ("never", "never"))
    if until == "never" or any(one["status"] in ("needs_response", "under_review") for one in held.disputes):
        return None, None
    ends = [end for end in (_paid_end(held), _trial_end(held.subscription)) if end is not None]
    if not ends:
        return None, None
    end = max(ends)
    if "grace" in until and not _went_back_last(held):
        end += timedelta(days=grace_days)
    return end, end + slack if after.startswith("unless") and _renews(held, end) else end


def _renews(held: Held, end: datetime) -> bool:
    found = held.subscription
    if found["pause_collection"] or found["cancel_at_period_end"] or _went_back_last(held):
        return False
    return found["cancel_at"] is None or _time(found["cancel_at"]) > end


def _paid_end(held: Held) -> datetime | None:
    paid = [one for one in held.invoices if one["status"] == "paid" and not _is_back(held, one)]
    kept = [_end_of(one) for one in paid if one["amount_paid"] or not _is_the_trials(held, one)]
    return max((end for end in kept if end is not None), default=None)


def _is_the_trials(held: Held, invoice: Json) -> bool:
    """Tell an invoice over the days of the trial: whoever shortens the trial does not write that invoice anew."""
    trial = held.subscription.get("trial_end")
    starts = [line["period"]["start"] for line in invoice["lines"]["data"] if _is_for_time(line)]
    return trial is not None and bool(starts) and min(starts) < trial


def _went_back_last(held: Held) -> bool:
    """Tell whether the money for the latest period that was ever paid is not there any more."""
    paid = [one for one in held.invoices if one["status"] == "paid" and _end_of(one) is not None]
    last = max((_end_of(one) for one in paid), default=None)  # type: ignore[type-var]
    return last is not None and all(_is_back(held, one) for one in paid if _end_of(one) == last)


def _is_back(held: Held, invoice: Json) -> bool:
    intent = held.payments.get(invoice["id"])
    charges = [one for one in held.charges if one["payment_intent"] == intent and one["paid"]] if intent else []
    taken = {one["charge"] for one in held.disputes if one["status"] == "lost"}
    return any(one["amount_refunded"] >= one["amount"] or one["id"] in taken for one in charges)


def _end_of(invoice: Json) -> datetime | None:
    ends = [line["period"]["end"] for line in invoice["lines"]["data"] if line["amount"] >= 0 and _is_for_time(line)]
    return _time(max(ends)) if ends else None


def _is_for_time(line: Json) -> bool:
    parent = line["parent"] or {}
    details = parent.get("subscription_item_details") or parent.get("invoice_item_details") or {}
    return bool(details.get("subscription"))


def _trial_end(subscription: Json) -> datetime | None:
    """Return the end of the trial; of a subscription that ended before it, that end."""
    seconds = [one for one in (subscription.get("trial_end"), subscription.get("ended_at")) if one]
    return _time(min(seconds)) if subscription.get("trial_end") else None


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
