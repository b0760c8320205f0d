"""Where the clock is to be turned to: an interval from now, the next renewal, or a date."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from paywall.sandbox.billing.periods import boundary
from paywall.sandbox.state.errors import invalid, refused
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.store import Store

CHARGED_AFTER_SECONDS = 3600
"""A renewal's invoice is a draft for an hour, and is charged then."""
_STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
_MONTH = {"interval": "month", "interval_count": 1}


def wanted(store: Store, form: Mapping[str, str], now: datetime) -> datetime:
    """Return the time that a form asks for by `to` (hour, day, week, month, renewal) or `date` (UTC).

    In a transaction. Raises ApiError for what cannot be meant.
    """
    to = form.get("to", "")
    if to in _STEPS:
        return now + _STEPS[to]
    if to == "month":
        return datetime.fromtimestamp(boundary(int(now.timestamp()), _MONTH, 1), UTC)
    if to == "renewal":
        return _next_renewal(store, now)
    return _date(form.get("date", ""))


def _next_renewal(store: Store, now: datetime) -> datetime:
    ends = [period_end(each) for each in store.select("subscription", "clock IS NULL") if is_living(each)]
    ahead = [end for end in ends if end > now.timestamp()]
    if not ahead:
        raise refused("No subscription is to be renewed.")
    return datetime.fromtimestamp(min(ahead) + CHARGED_AFTER_SECONDS, UTC)


def is_living(subscription: Json) -> bool:
    """Tell whether a subscription has not ended."""
    return subscription["status"] not in {"canceled", "incomplete_expired"}


def period_end(subscription: Json) -> int:
    """Return the second at which the first of a subscription's billing periods ends."""
    return min(int(item["current_period_end"]) for item in subscription["items"]["data"])


def _date(raw: str) -> datetime:
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError as problem:
        raise invalid("Write a date such as 2027-01-31.", "date") from problem
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
