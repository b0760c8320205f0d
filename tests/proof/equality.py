"""What must be equal to Stripe, written by hand from Stripe's own objects; no rule of the product is asked."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.entitlements.tables import EntitlementRow
from tests.proof.stage import Stage

SLACK, GRACE = timedelta(hours=24), timedelta(days=14)


def differences(stage: Stage) -> list[str]:
    """Name all that is not as Stripe has it: subscriptions, invoices, what went back, and who may read until when."""
    with stage.shop.database.reading() as session:
        rows = {row.stripe_id: row for row in session.scalars(select(Subscription))}
        rights = {row.source_id: row for row in session.scalars(select(EntitlementRow))}
        bills = {row.stripe_id: row for row in session.scalars(select(Invoice))}
    told = []
    for found in stage.at_stripe("subscription"):
        row, right = rows.get(found["id"]), rights.get(found["id"])
        if row is None or right is None:
            told.append(f"{found['id']} is not known")
            continue
        told += _differs(found["id"], "status", row.status, found["status"])
        told += _differs(found["id"], "cancels at", row.cancels_at, _cancels_at(found))
        invoices = [one for one in stage.at_stripe("invoice") if _pays_for(one) == found["id"]]
        told += _money_differs(stage, invoices, bills)
        told += _differs(found["id"], "reads until", right.valid_until, _reads_until(stage, found, invoices))
    return told


def _money_differs(stage: Stage, invoices: list[Any], bills: dict[str, Invoice]) -> Iterator[str]:
    for found in invoices:
        row = bills.get(found["id"])
        mine = (row.status, row.paid_minor, row.refunded_minor) if row else None
        theirs = (found["status"], found["amount_paid"], _refunded(stage, found))
        if mine is not None or found["status"] != "draft":
            yield from _differs(found["id"], "status, paid, refunded", mine, theirs)


def _reads_until(stage: Stage, found: Any, invoices: list[Any]) -> datetime:
    """Say until when a reader may read by a subscription, as product and Stripe's words have it."""
    paid = [one for one in invoices if one["status"] == "paid"]
    kept = [_period_end(one) for one in paid if _refunded(stage, one) < one["amount_paid"]]
    end = max(kept, default=_at(found["created"]))
    is_latest_kept = bool(kept) and end == max(map(_period_end, paid))
    match found["status"]:
        case "past_due" if is_latest_kept:
            return end + GRACE
        case "active" if is_latest_kept and _cancels_at(found) is None:
            return end + SLACK
    return end


def _cancels_at(found: Any) -> datetime | None:
    if found["cancel_at"]:
        return _at(found["cancel_at"])
    return _at(found["items"]["data"][0]["current_period_end"]) if found["cancel_at_period_end"] else None


def _pays_for(invoice: Any) -> str:
    return str(invoice["parent"]["subscription_details"]["subscription"])


def _period_end(invoice: Any) -> datetime:
    return _at(max(line["period"]["end"] for line in invoice["lines"]["data"]))


def _refunded(stage: Stage, invoice: Any) -> int:
    payments = [one["payment"] for one in stage.at_stripe("invoice_payment") if one["invoice"] == invoice["id"]]
    intents = {payment["payment_intent"] for payment in payments}
    return sum(one["amount_refunded"] for one in stage.at_stripe("charge") if one["payment_intent"] in intents)


def _differs(stripe_id: str, what: str, mine: object, theirs: object) -> Iterator[str]:
    if mine != theirs:
        yield f"{stripe_id} {what}: here {mine}, at Stripe {theirs}"


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
