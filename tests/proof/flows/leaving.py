"""Flows of a subscriber who cancels, or gets the money back."""

from collections.abc import Iterator
from contextlib import suppress
from typing import ClassVar

from paywall.billing.changing.tables import CancellationRequest
from paywall.billing.ledger.refunding import refund
from paywall.billing.ledger.tables import Refund
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.billing.webhooks.drain import drain_once
from paywall.errors import PaywallError
from tests.proof.flows.found import deeds, differs, mails, one_subscription, reads_until, rows
from tests.proof.flows.paying import Subscriber
from tests.proof.stage import Stage


class Cancelling(Subscriber):
    """A reader cancels on the account page."""

    name: ClassVar = "cancel"

    def act(self) -> None:
        self.browser.post("/account/subscription/cancellation", {})

    def again(self) -> None:
        self.begin()
        self.act()

    def problems(self) -> Iterator[str]:
        yield from one_subscription(self.stage, charges=1)
        (row,) = rows(self.stage, Subscription)
        found = self.stage.at_stripe("subscription")[0]
        yield from differs("ends at Stripe", bool(found["cancel_at_period_end"] or found["cancel_at"]), True)
        yield from differs("ends here", row.cancels_at, self.period_end)
        yield from differs("reads until", reads_until(self.stage), self.period_end)
        yield from differs("mails", mails(self.stage)["billing_cancelled"], 1)
        yield from differs("noted", deeds(self.stage)["subscription_changed"], 1)


class CancellingOnce(Cancelling):
    """A reader cancels and does not come back: what was noted before the end is carried out all the same."""

    name: ClassVar = "cancel, pressed once"

    def again(self) -> None:
        if not rows(self.stage, CancellationRequest):
            super().again()


class Refunding(Subscriber):
    """Somebody at the newspaper gives the money back."""

    name: ClassVar = "refund"

    def act(self) -> None:
        invoice = rows(self.stage, Invoice)[0].stripe_id
        refund(self.stage.shop.billing, invoice, amount_minor=None, keeps_until=None, actor="command line")

    def again(self) -> None:
        self.begin()
        with suppress(PaywallError):  # "nothing is left of it"
            self.act()

    def problems(self) -> Iterator[str]:
        yield from one_subscription(self.stage, charges=1)
        yield from differs("refunds at Stripe", [one["amount"] for one in self.stage.at_stripe("refund")], [499])
        yield from differs("refunds here", [row.amount_minor for row in rows(self.stage, Refund)], [499])
        yield from differs("refunded", [row.refunded_minor for row in rows(self.stage, Invoice)], [499])
        yield from differs("reads", reads_until(self.stage) > self.stage.time.now(), False)


class RefundHeardOf(Refunding):
    """Webhooks come that tell of money given back at Stripe."""

    name: ClassVar = "refund at Stripe"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        intent = stage.at_stripe("payment_intent")[0]["id"]
        stage.shop.gateway.create_refund({"payment_intent": intent}, idempotency_key="dashboard")

    def act(self) -> None:
        self.stage.shop.sandbox.deliverer.drain()
        drain_once(self.stage.shop.billing)

    def again(self) -> None:
        self.begin()
