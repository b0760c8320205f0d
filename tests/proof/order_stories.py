"""What happens at Stripe, the events that it causes, and what must be true of us once they have come, in any order.

Expectations are written by hand: a price, an amount given back, and until when somebody reads.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.proof.rows import Rows
from tests.proof.stage import Stage

PRICE, GIVEN_BACK = 499, 100
SLACK = timedelta(hours=24)
TODAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Story:
    """Something that happens at Stripe, the events it causes, and what must be true once all have come."""

    name: str
    types: tuple[str, ...]
    live: Callable[[Stage], object]
    """What happens at Stripe while nothing of it reaches us."""
    expected: Callable[[Rows], str]
    """What is wrong with a final state; empty if nothing is."""
    begin: Callable[[Stage], object] = lambda _stage: None
    """What happened before, and is known to us."""


def sign_up(stage: Stage) -> None:
    """Choose, pay, and never come back: only webhooks tell us of it."""
    stage.shop.pay(stage.shop.click(stage.shop.reader()))


def one_of_each(rows: Rows) -> str:
    """Say what differs from one subscription, paid once, with one right to read and one welcome."""
    counts = {name: len(rows[name]) for name in ("subscriptions", "invoices", "entitlements")}
    started = sum(row["kind"] == "billing_started" for row in rows["outbox_mails"])
    paid = [row["paid_minor"] for row in rows["invoices"]]
    found = (*counts.values(), started, paid)
    return "" if found == (1, 1, 1, 1, [PRICE]) else f"one of each was to be, not {found}"


SIGN_UP = Story(
    "sign-up",
    (
        "checkout.session.completed",
        "customer.subscription.created",
        "customer.subscription.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
    ),
    sign_up,
    one_of_each,
)


def subscribe(stage: Stage) -> None:
    """Have a subscriber of whom everything is known."""
    sign_up(stage)
    stage.settle()


def give_back_and_dispute(stage: Stage) -> str:
    """Give a part back, then have the payer's bank dispute the rest; returns the dispute's id."""
    gateway, charge = stage.shop.gateway, stage.at_stripe("charge")[0]["id"]
    refund = gateway.create_refund({"charge": charge, "amount": GIVEN_BACK}, idempotency_key="a part")
    gateway.ask(lambda v1: v1.refunds.update(refund["id"], {"metadata": {"case": "7"}}))
    return str(stage.shop.sandbox.open_dispute(charge, amount=PRICE - GIVEN_BACK)["id"])


def lose(stage: Stage) -> None:
    dispute = give_back_and_dispute(stage)
    stage.shop.gateway.ask(lambda v1: v1.disputes.close(dispute))


def win(stage: Stage) -> None:
    dispute = give_back_and_dispute(stage)
    params: Any = {"evidence": {"uncategorized_text": "winning_evidence"}}
    stage.shop.gateway.ask(lambda v1: v1.disputes.update(dispute, params))
    stage.shop.sandbox.tick()


def all_ended(rows: Rows) -> str:
    """Say what differs from a reader who took the money back: nothing left to read by, the books right to the unit."""
    (right,) = rows["entitlements"]
    reads = right["valid_until"] > TODAY and not right["suspended"]
    return _differs((*_books(rows), reads), ("canceled", [PRICE], [GIVEN_BACK], [(PRICE - GIVEN_BACK, "lost")], False))


def all_as_before(rows: Rows) -> str:
    """Say what differs from a reader who got a part back and reads on."""
    (right,), (row,) = rows["entitlements"], rows["subscriptions"]
    reads = right["valid_until"] == row["period_end_at"] + SLACK and not right["suspended"]
    return _differs((*_books(rows), reads), ("active", [PRICE], [GIVEN_BACK], [(PRICE - GIVEN_BACK, "won")], True))


def _books(rows: Rows) -> tuple[object, ...]:
    paid = [row["paid_minor"] for row in rows["invoices"]]
    back = [row["refunded_minor"] for row in rows["invoices"]]
    disputed = [(row["amount_minor"], row["status"]) for row in rows["disputes"]]
    assert [row["amount_minor"] for row in rows["refunds"]] == back
    return rows["subscriptions"][0]["status"], paid, back, disputed


def _differs(found: object, wanted: object) -> str:
    return "" if found == wanted else f"{wanted} was to be, not {found}"


MONEY_BACK = ("charge.refunded", "refund.updated", "charge.dispute.created", "charge.dispute.closed")
LOST = Story("refund and a dispute that is lost", MONEY_BACK, lose, all_ended, subscribe)
WON = Story("refund and a dispute that is won", MONEY_BACK, win, all_as_before, subscribe)
STORIES = (SIGN_UP, LOST, WON)
