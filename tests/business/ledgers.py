"""Made-up ledgers: subscriptions with all that can happen to them, as rows, and those rows in a database."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import delete, insert

from paywall.billing.ledger.tables import Dispute, Refund
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.business.keeping.tables import FigureCohort, FigureDay, FigureEntry, FigureMark
from paywall.database import Database
from paywall.readers.tables import Reader
from tests.business.naive import Naive

NOW = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
SYNCED = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)
CURRENCIES = ("EUR", "JPY", "BHD")
Row = dict[str, Any]
TABLES = {"subscriptions": Subscription, "invoices": Invoice, "refunds": Refund, "disputes": Dispute}


@dataclass
class Ledger:
    """Rows by the table they go into."""

    subscriptions: list[Row] = field(default_factory=list)
    invoices: list[Row] = field(default_factory=list)
    refunds: list[Row] = field(default_factory=list)
    disputes: list[Row] = field(default_factory=list)

    @property
    def naive(self) -> Naive:
        return Naive(self.subscriptions, self.invoices, self.refunds, self.disputes)


def on(start: datetime, months: int) -> datetime:
    """So many months on, on the same day; on the last of the month where it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for day in (start.day, 30, 29, 28):
        try:
            return start.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError(start)


@st.composite
def ledgers(draw: st.DrawFn, customers: int = 5) -> Ledger:
    """Up to so many customers, each with one or two subscriptions."""
    ledger = Ledger()
    for customer in range(draw(st.integers(1, customers))):
        for number in range(draw(st.sampled_from((1, 1, 2)))):
            _subscription(draw, ledger, customer, f"sub_{customer}x{number}")
    return ledger


def _subscription(draw: st.DrawFn, ledger: Ledger, customer: int, name: str) -> None:
    months = draw(st.sampled_from((1, 1, 1, 3, 12, 0)))
    start = (
        datetime(2025, 10, 1, tzinfo=UTC)
        + draw(st.integers(0, 400)) * DAY
        + draw(st.integers(0, 23)) * timedelta(hours=1)
    )
    currency, trial_end = draw(st.sampled_from(CURRENCIES)), None
    created_at = start
    if draw(st.integers(0, 3)) == 0:
        trial_end = start = start + draw(st.integers(1, 14)) * DAY
        _invoice(draw, ledger, (name, currency), (created_at, trial_end), 0, reason="subscription_create")
    price, at = draw(st.sampled_from((499, 1000, 4990, 7))), start
    for position in range(draw(st.integers(0, 5))):
        end = on(start, months * (position + 1)) if months else at + 7 * DAY
        reason = "subscription_create" if position == 0 and trial_end is None else "subscription_cycle"
        if draw(st.integers(0, 7)):
            _invoice(draw, ledger, (name, currency), (at, end), price, reason=reason)
        if draw(st.integers(0, 5)) == 0:
            change_at = at + draw(st.integers(1, max((end - at).days - 1, 1))) * DAY
            until = draw(st.sampled_from((end, on(change_at, 12))))
            net = draw(st.integers(-400, 900))
            _invoice(draw, ledger, (name, currency), (change_at, until), net, reason="subscription_update")
        price = draw(st.sampled_from((price, price, price * 2, max(price // 3, 1))))
        at = end
    status = draw(st.sampled_from(("active", "active", "trialing", "past_due", "unpaid", "canceled", "canceled")))
    ended_at = at + draw(st.sampled_from((0, 0, -9, -1, 5, 20))) * DAY if status == "canceled" else None
    ledger.subscriptions.append(
        {
            "stripe_id": name,
            "customer_id": f"cus_{customer}",
            "reader": customer,
            "is_current": name.endswith("x0"),
            "status": status,
            "price_id": "price_1",
            "amount_minor": price,
            "currency": currency,
            "interval": "month",
            "interval_count": 1,
            "created_at": created_at,
            "trial_end_at": trial_end,
            "period_end_at": draw(st.sampled_from((at, at, NOW + 5 * DAY, NOW + timedelta(hours=2), None))),
            "cancels_at": draw(st.sampled_from((None, None, None, at))),
            "ended_at": ended_at,
            "ended_because": draw(st.sampled_from(("cancellation_requested", "payment_failed", None))),
            "collection_is_paused": draw(st.sampled_from((False, False, False, True))),
            "synced_at": SYNCED,
        }
    )


def _invoice(
    draw: st.DrawFn, ledger: Ledger, of: tuple[str, str], period: tuple[datetime, datetime], net: int, *, reason: str
) -> None:
    subscription, currency = of
    name = f"in_{len(ledger.invoices)}"
    tax = draw(st.sampled_from((0, net // 5)))
    status = draw(st.sampled_from(("paid", "paid", "paid", "paid", "open", "uncollectible", "void", "draft")))
    late = draw(st.sampled_from((0, 0, 0, 1, 30, 24 * 13, 24 * 20))) * timedelta(hours=1)
    paid = max(net + tax, 0) if status == "paid" else 0
    fate = draw(
        st.sampled_from((*("kept",) * 8, "refunded", "refunded_until", "partly", "failed_refund", "lost", "won"))
    )
    row = {
        "stripe_id": name,
        "subscription_id": subscription,
        "status": status,
        "currency": currency,
        "total_minor": net + tax,
        "tax_minor": tax,
        "paid_minor": paid,
        "refunded_minor": 0,
        "period_start_at": period[0],
        "period_end_at": period[1],
        "opened_at": period[0] + timedelta(minutes=1),
        "paid_at": period[0] + timedelta(minutes=2) + late if status == "paid" else None,
        "was_attempted": draw(st.booleans()),
        "created_at": period[0] + len(ledger.invoices) * timedelta(microseconds=1),
        "reason": reason,
        "dispute": fate if fate in ("lost", "won") and paid else None,
        "keeps_until": None,
    }
    ledger.invoices.append(row)
    if paid and fate != "kept":
        _money_back(draw, ledger, row, fate)


def _money_back(draw: st.DrawFn, ledger: Ledger, invoice: Row, fate: str) -> None:
    at = invoice["paid_at"] + draw(st.integers(1, 40)) * DAY
    common = {"invoice_id": invoice["stripe_id"], "currency": invoice["currency"], "at": at}
    if fate in ("lost", "won"):
        row = {**common, "stripe_id": f"du_{invoice['stripe_id']}", "subscription_id": invoice["subscription_id"]}
        ledger.disputes.append({**row, "status": fate, "reason": "fraudulent", "amount_minor": invoice["paid_minor"]})
        return
    back = invoice["paid_minor"] if fate.startswith("refunded") else max(invoice["paid_minor"] // 2, 1)
    status = "failed" if fate == "failed_refund" else "succeeded"
    ledger.refunds.append({**common, "stripe_id": f"re_{invoice['stripe_id']}", "status": status, "amount_minor": back})
    if status == "succeeded":
        invoice["refunded_minor"] = back
    if fate == "refunded_until":
        invoice["keeps_until"] = at + 3 * DAY


def write(database: Database, publisher_id: int, ledger: Ledger) -> None:
    """Have the database hold these rows and no others, and no figures."""
    with database.writing() as session:
        for table in (FigureEntry, FigureDay, FigureCohort, FigureMark):
            session.execute(delete(table))
    rewrite(database, publisher_id, ledger)


def rewrite(database: Database, publisher_id: int, ledger: Ledger) -> None:
    """Have the database hold these rows of the books and no others."""
    with database.writing() as session:
        for table in (Dispute, Refund, Invoice, Subscription, Reader):
            session.execute(delete(table))
        readers = sorted({one["reader"] for one in ledger.subscriptions})
        people = [_reader(publisher_id, number) for number in readers]
        session.execute(insert(Reader), people)
        rows = [{key: value for key, value in one.items() if key != "reader"} for one in ledger.subscriptions]
        whose = [{"publisher_id": publisher_id, "reader_id": one["reader"] + 1} for one in ledger.subscriptions]
        session.execute(insert(Subscription), [{**row, **who} for row, who in zip(rows, whose, strict=True)])
        for table, entries in ((Invoice, ledger.invoices), (Refund, ledger.refunds), (Dispute, ledger.disputes)):
            if entries:
                session.execute(insert(table), [{**one, "publisher_id": publisher_id} for one in entries])


def _reader(publisher_id: int, number: int) -> Row:
    email = f"{number}@post.example"
    names = {"email": email, "email_normalized": email, "fs_uniquifier": email}
    return {"id": number + 1, "publisher_id": publisher_id, **names, "created_at": SYNCED, "active": True}
