"""Every letter as a reader might get it: made-up subscriptions, and the rules that find the letter due for them.

Nothing of it is stored or sent.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from paywall.billing.catalogue.plans import prices_of
from paywall.billing.ledger.tables import Refund
from paywall.billing.letters.case import Case, Past
from paywall.billing.letters.posting import RULES
from paywall.billing.letters.rules import CARD_NOTICE, card_ends_at
from paywall.billing.letters.sheet import Sheet
from paywall.billing.subscriptions.status import GRACE_DAYS
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.letters.rules import Values

_DAY, _MONTH = timedelta(days=1), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Sample:
    """A letter that can be shown: its kind, when it is sent, and the case that makes it due."""

    kind: str
    words: str
    case: Callable[["Made"], Case]


@dataclass(frozen=True, slots=True)
class Made:
    """What made-up cases have in common: the price they are at, and the moment they are looked at."""

    lookup_key: str | None
    amount_minor: int
    currency: str
    now: datetime

    def subscription(self, **other: Any) -> Subscription:  # noqa: ANN401 - columns
        """Return a subscription that runs by the month."""
        values: dict[str, Any] = {
            "publisher_id": 0, "reader_id": 0, "stripe_id": "sub_sample", "customer_id": "cus_sample",
            "is_current": True, "status": "active", "price_id": "price_1", "lookup_key": self.lookup_key,
            "amount_minor": self.amount_minor, "currency": self.currency, "interval": "month", "interval_count": 1,
            "created_at": self.now - 2 * _MONTH, "period_end_at": self.now + _MONTH,
            "paid_through_at": self.now + _MONTH, "collection_is_paused": False, "is_paused_for_dispute": False,
            "latest_invoice_id": "in_sample",
        }  # fmt: skip
        return Subscription(**{**values, **other})

    def invoice(self, **other: Any) -> Invoice:  # noqa: ANN401 - columns
        """Return an invoice that was paid just now."""
        values: dict[str, Any] = {
            "stripe_id": "in_sample", "subscription_id": "sub_sample", "status": "paid",
            "reason": "subscription_cycle", "currency": self.currency, "total_minor": self.amount_minor,
            "tax_minor": 0, "discount_minor": 0, "paid_minor": self.amount_minor, "refunded_minor": 0,
            "number": "SAMPLE-0001", "period_start_at": self.now, "period_end_at": self.now + _MONTH,
            "created_at": self.now, "opened_at": self.now, "paid_at": self.now, "was_attempted": True,
            "is_processing": False, "needs_action": False,
        }  # fmt: skip
        return Invoice(**{**values, **other})

    def owed(self, days: int, **other: Any) -> Invoice:  # noqa: ANN401 - columns
        """Return an invoice whose payment failed so many days ago."""
        return self.invoice(status="open", paid_minor=0, paid_at=None, opened_at=self.now - days * _DAY, **other)

    def refund(self) -> Refund:
        """Return a refund of all that was paid."""
        amount = {"amount_minor": self.amount_minor, "currency": self.currency}
        return Refund(stripe_id="re_sample", invoice_id="in_sample", status="succeeded", at=self.now, **amount)

    def case(self, row: Subscription, *invoices: Invoice, **other: Any) -> Case:  # noqa: ANN401 - fields
        """Return the case of it."""
        values: dict[str, Any] = {"past": None, "refunds": (), "trial_was_refused": False, "grace_days": GRACE_DAYS}
        return Case(row=row, invoices=invoices, now=self.now, **{**values, **other})


def sample_values(sheet: Sheet, kind: str, now: datetime) -> Values | None:
    """Return what the blanks of a letter of that kind would hold at `now`; None for a kind that there is not."""
    made = _made(sheet, now)
    for sample in SAMPLES:
        if sample.kind == kind:
            case = sample.case(made)
            due = next(one for rule in RULES for one in rule(case) if one.kind == kind)
            return due.values(sheet)
    return None


def _made(sheet: Sheet, now: datetime) -> Made:
    price = next(iter(prices_of(sheet.session, sheet.publisher.id)), None)
    if price is None:
        return Made(None, 499, "EUR", now)
    return Made(price.lookup_key, price.amount_minor, price.currency, now)


def _late(made: Made, days: int, **invoice: Any) -> Case:  # noqa: ANN401 - columns
    row = made.subscription(status="past_due", paid_through_at=made.now - days * _DAY)
    return made.case(row, made.owed(days, **invoice), reads_until=made.now + (GRACE_DAYS - days) * _DAY)


def _beginning(made: Made) -> Case:
    return made.case(made.subscription(created_at=made.now), made.invoice(reason="subscription_create"))


def _trial(made: Made) -> Case:
    ends_at = made.now + 7 * _DAY
    begun = {"status": "trialing", "created_at": made.now - _MONTH}
    return made.case(made.subscription(**begun, trial_end_at=ends_at, paid_through_at=ends_at))


def _refused(made: Made) -> Case:
    return made.case(made.subscription(status="canceled", created_at=made.now), trial_was_refused=True)


def _processing(made: Made) -> Case:
    return made.case(made.subscription(created_at=made.now, paid_through_at=None), made.owed(0, is_processing=True))


def _refunded(made: Made) -> Case:
    bill = made.invoice(refunded_minor=made.amount_minor, paid_at=made.now - 9 * _DAY)
    return made.case(made.subscription(), bill, refunds=[made.refund()])


def _cancelled(made: Made) -> Case:
    row = made.subscription(cancels_at=made.now + _MONTH, canceled_at=made.now)
    return made.case(row, reads_until=made.now + _MONTH)


def _ended(made: Made) -> Case:
    ended = {"canceled_at": made.now, "ended_at": made.now, "ended_because": "payment_failed"}
    return made.case(made.subscription(status="canceled", **ended))


def _changed(made: Made) -> Case:
    past = Past("price_0", made.lookup_key, is_paused=False, resumes_at=None)
    return made.case(made.subscription(), past=past)


def _scheduled(made: Made) -> Case:
    then = {"next_price_id": "price_2", "next_lookup_key": made.lookup_key, "next_change_at": made.now + _MONTH}
    return made.case(made.subscription(schedule_id="sub_sched_sample", **then))


def _paused(made: Made) -> Case:
    row = made.subscription(collection_is_paused=True, resumes_at=made.now + 2 * _MONTH)
    return made.case(row, reads_until=made.now + _MONTH)


def _resumed(made: Made) -> Case:
    past = Past("price_1", made.lookup_key, is_paused=True, resumes_at=made.now + 9 * _DAY)
    return made.case(made.subscription(), past=past)


def _discount_ending(made: Made) -> Case:
    ends_at, half = made.now + 6 * _DAY, made.amount_minor // 2
    bill = made.invoice(discount_minor=half, paid_minor=made.amount_minor - half, paid_at=made.now - 24 * _DAY)
    return made.case(made.subscription(period_end_at=ends_at, paid_through_at=ends_at), bill)


def _renewing(made: Made) -> Case:
    ends_at = made.now + 29 * _DAY
    return made.case(made.subscription(interval="year", period_end_at=ends_at, paid_through_at=ends_at))


def _card_expiring(made: Made) -> Case:
    month = {"card_exp_month": made.now.month, "card_exp_year": made.now.year}
    row = made.subscription(card_brand="visa", card_last4="4242", **month)
    return replace(made.case(row), now=card_ends_at(made.now.year, made.now.month) - CARD_NOTICE / 2)


SAMPLES = (
    Sample("billing_started", "A subscription has begun", _beginning),
    Sample("billing_trial_ending", "A trial ends soon", _trial),
    Sample("billing_trial_refused", "A card has had its trial", _refused),
    Sample("billing_payment_processing", "A payment takes days", _processing),
    Sample("billing_receipt", "A renewal was paid", lambda made: made.case(made.subscription(), made.invoice())),
    Sample("billing_payment_failed", "A payment failed (days 0, 3, 7 and 13)", partial(_late, days=3)),
    Sample("billing_action_required", "The bank wants a confirmation", partial(_late, days=0, needs_action=True)),
    Sample("billing_refunded", "Money was given back", _refunded),
    Sample("billing_cancelled", "A subscription was cancelled", _cancelled),
    Sample("billing_ended", "A subscription ended unpaid", _ended),
    Sample("billing_plan_changed", "Another plan holds now", _changed),
    Sample("billing_change_scheduled", "Another plan holds from a day", _scheduled),
    Sample("billing_paused", "A subscription is paused", _paused),
    Sample("billing_resumed", "A pause is over", _resumed),
    Sample("billing_discount_ending", "The full price comes", _discount_ending),
    Sample("billing_renewing", "A long period renews", _renewing),
    Sample("billing_card_expiring", "A card runs out", _card_expiring),
)
"""Every kind that the rules of billing post."""
