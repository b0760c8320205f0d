"""What is found after a flow: here, and at Stripe."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select

from paywall.audit import AuditEntry
from paywall.billing.subscriptions.tables import Subscription
from paywall.entitlements.tables import EntitlementRow
from paywall.outbox import OutboxMail
from tests.proof.stage import ARTICLE, Stage
from tests.readers.browser import Browser


def differs(what: str, found: object, wanted: object) -> Iterator[str]:
    if found != wanted:
        yield f"{what}: {found}, not {wanted}"


def one_subscription(stage: Stage, charges: int) -> Iterator[str]:
    """Compare what Stripe has of the one reader there is: a customer, a live subscription, so many charges."""
    live = [one for one in stage.at_stripe("subscription") if one["status"] == "active"]
    paid = [one for one in stage.at_stripe("charge") if one["status"] == "succeeded"]
    yield from differs("customers", len(stage.at_stripe("customer")), 1)
    yield from differs("live subscriptions", len(live), 1)
    yield from differs("charges", [one["amount"] for one in paid], [499] * charges)
    yield from differs("subscriptions here", len(rows(stage, Subscription)), 1)
    yield from differs("rights to read", len(rows(stage, EntitlementRow)), 1)


def rows(stage: Stage, table: Any) -> list[Any]:
    with stage.shop.database.reading() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def reads_until(stage: Stage) -> datetime:
    (row,) = rows(stage, EntitlementRow)
    until: datetime = row.valid_until
    return until


def mails(stage: Stage) -> Counter[str]:
    return Counter(row.kind for row in rows(stage, OutboxMail))


def deeds(stage: Stage) -> Counter[str]:
    return Counter(row.action for row in rows(stage, AuditEntry))


def reads(browser: Browser) -> bool:
    return browser.get(ARTICLE).headers.get("Paywall-Decision", "").startswith("full")
