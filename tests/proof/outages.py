"""Our endpoint is away for minutes, days or weeks, and nothing runs on our side; then it comes back.

`python -m tests.proof.outages [--engine sqlite|postgres]` prints one line for each length and database: how long after
the return everything equalled Stripe, in seconds on the turned clock. Meanwhile readers subscribe, renew, cancel, are
refunded and fail to pay. Nobody does anything by hand afterwards: a process starts, with the work that it always does.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from sqlalchemy import select

from bench.checkout_race import new_publisher
from bench.engines import postgres
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.entitlements.tables import EntitlementRow
from paywall.publishers.rules import Profile
from tests.proof.stage import RunningTime, Stage, open_stage

LENGTHS = {
    "10 min": timedelta(minutes=10),
    "71 h": timedelta(hours=71),
    "73 h": timedelta(hours=73),
    "29 d": timedelta(days=29),
    "31 d": timedelta(days=31),
}
PROMISED = timedelta(minutes=5)
SLACK, GRACE = timedelta(hours=24), timedelta(days=14)
_STEPS = 40
_PATIENCE_SECONDS = 60
_LOOK_EACH_SECONDS = 0.2


@dataclass
class Outcome:
    """What became of one outage."""

    length: str
    engine: str
    differences_before: int = 0
    differences: list[str] = field(default_factory=list)
    took: timedelta = timedelta()

    @property
    def is_good(self) -> bool:
        return self.differences_before > 0 and not self.differences and self.took <= PROMISED

    def __str__(self) -> str:
        seconds = f"{self.took.total_seconds():.1f} s"
        how = f"equal to Stripe after {seconds}" if not self.differences else f"NOT equal to Stripe after {seconds}"
        line = f"down {self.length} on {self.engine}: {self.differences_before} differences, {how}"
        return "\n".join([line, *self.differences[:20]])


@dataclass(frozen=True)
class Life:
    """A reader, and what is theirs at Stripe."""

    reader_id: int
    customer: str
    subscription: str


def outage(database_url: str, publisher: Profile, folder: Path, length: str) -> Outcome:
    """Play one outage on a database that has its tables and a publisher."""
    outcome = Outcome(length, "sqlite" if database_url.startswith("sqlite") else "postgres")
    with open_stage(database_url, publisher, folder, RunningTime()) as stage:
        lives = [subscribe(stage) for _ in range(len(TURNS) + 1)]
        stage.settle()
        stage.time.move(seconds=(_until_renewal(stage) - LENGTHS[length] / 2).total_seconds())
        stage.settle()
        assert differences(stage) == []
        stage.is_open = False
        _live_through(stage, lives, LENGTHS[length])
        outcome.differences_before = len(differences(stage))
        outcome.took = come_back(stage)
        outcome.differences = differences(stage)
    return outcome


# --- what happens meanwhile ---


def subscribe(stage: Stage) -> Life:
    """Let a new reader choose and pay."""
    reader_id = stage.shop.reader()
    stage.shop.pay(stage.shop.click(reader_id))
    found = stage.shop.subscriptions()[0]
    return Life(reader_id, found["customer"], found["id"])


def cancel(stage: Stage, life: Life) -> None:
    change = {"cancel_at_period_end": True}
    stage.shop.gateway.update_subscription(life.subscription, change, idempotency_key=f"end:{life.subscription}")


def end_at_once(stage: Stage, life: Life) -> None:
    stage.shop.gateway.cancel_subscription(life.subscription)


def be_refunded(stage: Stage, life: Life) -> None:
    """Get back what the first invoice brought."""
    charge = next(one for one in stage.at_stripe("charge") if one["customer"] == life.customer)
    stage.shop.gateway.create_refund({"charge": charge["id"]}, idempotency_key=f"refund:{life.subscription}")


def fail_to_pay(stage: Stage, life: Life) -> None:
    """Have a card from now on that every charge fails on."""
    gateway: Any = stage.shop.gateway
    card = gateway.ask(lambda v1: v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": life.customer}))
    change = {"default_payment_method": card["id"]}
    gateway.update_subscription(life.subscription, change, idempotency_key=f"card:{life.subscription}")


TURNS: tuple[Callable[[Stage, Life], None], ...] = (end_at_once, cancel, be_refunded, fail_to_pay)
"""The first happens in the very moment in which the endpoint goes, the others soon after; one reader only renews."""


def _live_through(stage: Stage, lives: list[Life], length: timedelta) -> None:
    """Turn the clock to the end of the outage; what was begun before it is paid within, and nobody hears of it."""
    page = stage.shop.click(stage.shop.reader())
    returns_at = stage.time.now() + length
    for number in range(_STEPS):
        if number < len(TURNS):
            TURNS[number](stage, lives[number])
        if number == 1:
            stage.shop.pay(page)
        stage.time.move(seconds=max(0.0, (returns_at - stage.time.now()).total_seconds() / (_STEPS - number)))
        stage.shop.sandbox.tick()
        stage.send_what_is_due()


def _until_renewal(stage: Stage) -> timedelta:
    """Return how long it is until Stripe charges for the second period."""
    ends = [found["items"]["data"][0]["current_period_end"] for found in stage.at_stripe("subscription")]
    return datetime.fromtimestamp(min(ends), UTC) + timedelta(hours=1) - stage.time.now()


def come_back(stage: Stage) -> timedelta:
    """Start a process with its ordinary work; returns how long it took, on the turned clock, until all was equal."""
    stage.is_open = True
    stage.begin_anew()
    since, deadline = stage.time.now(), time.monotonic() + _PATIENCE_SECONDS
    stage.shop.product.work.start()
    while differences(stage) and time.monotonic() < deadline:
        stage.send_what_is_due()
        time.sleep(_LOOK_EACH_SECONDS)
    took = stage.time.now() - since
    stage.shop.product.work.stop()
    return took


# --- what must be equal, written by hand from Stripe's own objects ---


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


def main() -> int:
    """Play every length on both databases and print one line for each."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--engine", choices=["sqlite", "postgres"], action="append")
    words.add_argument("--length", choices=list(LENGTHS), action="append")
    given = words.parse_args()
    runs = [(length, engine) for length in given.length or LENGTHS for engine in given.engine or ["sqlite", "postgres"]]
    is_good = True
    for length, engine in track(runs, "outages", console=Console(stderr=True)):
        outcome = _on(engine, length)
        print(outcome, flush=True)  # noqa: T201 - this is what the command is for
        is_good = is_good and outcome.is_good
    return int(not is_good)


def _on(engine: str, length: str) -> Outcome:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paywall-outages-")))
        url = postgres(stack, folder) if engine == "postgres" else f"sqlite:///{folder / 'paywall.sqlite3'}"
        return outage(url, new_publisher(url), folder, length)


if __name__ == "__main__":
    sys.exit(main())
