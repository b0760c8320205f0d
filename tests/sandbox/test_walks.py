"""Whatever is done to subscriptions, in whatever order: previews were right, invoices add up, periods go on."""

import random
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
import stripe

from paywall.sandbox import Sandbox
from tests.sandbox.conftest import Shop, Time
from tests.sandbox.test_lifecycle import subscribe_by_api
from tests.sandbox.test_proration import make_card_fail, preview, price
from tests.sandbox.test_schedules import coming, present

STEPS = 25
WAITS = (0, 61, 3600, 86_400, 5 * 86_400, 20 * 86_400, 40 * 86_400)
PRORATIONS = ("always_invoice", "create_prorations", "none")
PAYMENTS = ("allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete")


@dataclass
class Walk:
    """A walk through what may be done to one subscription; what Stripe would refuse is refused and skipped."""

    shop: Shop
    time: Time
    chance: random.Random
    prices: list[Any]
    subscription: Any
    right_previews: int = field(default=0)

    def step(self) -> None:
        deeds = (self.change, self.pause, self.schedule, self.release, self.cancel, self.card, self.pay, self.discount)
        self.time.move(seconds=self.chance.choice(WAITS))
        with suppress(stripe.InvalidRequestError, stripe.CardError):
            self.chance.choice((self.change, *deeds))()
        self.subscription = self.shop.client.v1.subscriptions.retrieve(self.subscription.id)

    def update(self, **params: Any) -> Any:
        return self.shop.client.v1.subscriptions.update(self.subscription.id, params)

    def change(self) -> None:
        to, how = self.chance.choice(self.prices), self.chance.choice(PRORATIONS)
        promised = preview(self.shop, self.subscription, to, proration_behavior=how)
        rows = [{"id": self.subscription["items"].data[0].id, "price": to.id}]
        payment = self.chance.choice(PAYMENTS)
        changed = self.update(items=rows, proration_behavior=how, payment_behavior=payment)
        if changed.latest_invoice != self.subscription.latest_invoice:
            charged = self.shop.client.v1.invoices.retrieve(str(changed.latest_invoice))
            assert (promised.total, promised.amount_due) == (charged.total, charged.amount_due)
            self.right_previews += 1

    def pause(self) -> None:
        behaviour = self.chance.choice(("void", "keep_as_draft", "mark_uncollectible"))
        resumes_at = self.time.seconds + self.chance.randrange(1, 60) * 86_400
        wanted: Any = {"behavior": behaviour, "resumes_at": resumes_at}
        self.update(pause_collection="" if self.subscription.pause_collection else wanted)

    def schedule(self) -> None:
        schedules = self.shop.client.v1.subscription_schedules
        made = schedules.create({"from_subscription": self.subscription.id})
        schedules.update(made.id, {"phases": [present(made), coming(self.chance.choice(self.prices))]})

    def release(self) -> None:
        if self.subscription.schedule:
            self.shop.client.v1.subscription_schedules.release(str(self.subscription.schedule))

    def cancel(self) -> None:
        self.update(cancel_at_period_end=not self.subscription.cancel_at_period_end)

    def card(self) -> None:
        if self.chance.random() < 0.5:
            make_card_fail(self.shop, self.subscription)
        else:
            self.update(default_payment_method="")

    def pay(self) -> None:
        for invoice in self.shop.client.v1.invoices.list({"status": "open"}).data:
            self.shop.client.v1.invoices.pay(invoice.id)

    def discount(self) -> None:
        half = self.shop.client.v1.coupons.create({"percent_off": 50, "duration": "once"})
        self.update(discounts=[{"coupon": half.id}])


def check(invoice: Any) -> None:
    """Hold an invoice against itself."""
    taxes = sum(tax.amount for tax in invoice.total_taxes)
    discounts = sum(one.amount for one in invoice.total_discount_amounts)
    assert invoice.subtotal == sum(line.amount for line in invoice.lines.data)
    assert invoice.total == invoice.subtotal - discounts == invoice.total_excluding_tax + taxes
    if invoice.status != "draft":
        whole = invoice.total + invoice.starting_balance
        assert (invoice.amount_due, invoice.ending_balance) == (max(0, whole), min(0, whole))
    if invoice.status == "paid":
        assert (invoice.amount_paid, invoice.amount_remaining) == (invoice.amount_due, 0)


class TestAWalk:
    @pytest.mark.parametrize("seed", range(4))
    def test_leaves_every_sum_right(self, shop: Shop, time: Time, sandbox: Sandbox, seed: int) -> None:
        sandbox.decide_after_retries("past_due")
        vat = shop.client.v1.tax_rates.create({"display_name": "VAT", "percentage": 7, "inclusive": True})
        prices = [price(shop, 1499), price(shop, 199), price(shop, 4900, "year")]
        subscription = subscribe_by_api(shop, default_tax_rates=[vat.id])
        walk = Walk(shop, time, random.Random(seed), prices, subscription)
        for _ in range(STEPS):
            walk.step()
            if walk.subscription.status in {"active", "past_due"}:
                assert walk.subscription["items"].data[0].current_period_end > time.seconds
        invoices = shop.client.v1.invoices.list({"limit": 100}).data
        assert len(invoices) > 1
        for invoice in invoices:
            check(invoice)
        assert walk.right_previews > 0
