"""One invoice, several payments: the books hold each, access follows the whole, and what goes back is found."""

from typing import Any

import pytest

from paywall.billing.ledger.refunding import plan
from paywall.billing.ledger.tables import Dispute, Payment, Refund
from paywall.billing.reconciling.local import suspects
from paywall.billing.snapshots.invoice import subscription_of_invoice
from paywall.billing.subscriptions.tables import Invoice
from paywall.billing.syncing.sync import sync_subscription
from paywall.billing.webhooks.drain import drain_once
from paywall.errors import BadInput
from tests.billing.stripe_world import World


class Debt:
    """A renewal of 4.99 that could not be charged, of a reader who will pay it bit by bit."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.reader_id, self.subscription_id = world.subscriber()
        self.hear()
        self.customer = world.ask(lambda v1: v1.subscriptions.retrieve(self.subscription_id))["customer"]
        world.use_card(self.customer, "pm_card_chargeCustomerFail")
        world.time.move(days=32)
        world.sandbox.tick()
        self.hear()
        world.use_card(self.customer, "pm_card_visa")

    def hear(self) -> None:
        """Work off all that Stripe has to tell."""
        self.world.keep_all()
        while drain_once(self.world.billing):
            pass

    def look(self) -> None:
        """Compare as every night."""
        sync_subscription(self.world.billing, self.subscription_id, with_money_back=True)

    def pay(self, minor: int) -> str:
        """Pay a part and let it count; returns the payment intent."""
        params: Any = {"amount": minor, "currency": "azn", "customer": self.customer, "confirm": True}
        params["payment_method"] = "pm_card_visa"
        intent = str(self.world.ask(lambda v1: v1.payment_intents.create(params))["id"])
        self.world.ask(lambda v1: v1.invoices.attach_payment(self.invoice()["id"], {"payment_intent": intent}))
        return intent

    def pay_the_rest(self) -> None:
        self.world.ask(lambda v1: v1.invoices.pay(self.invoice()["id"]))

    def give_back(self, intent: str) -> None:
        self.world.ask(lambda v1: v1.refunds.create({"payment_intent": intent}))

    def invoice(self) -> Any:
        """Return the renewal's invoice as Stripe has it."""
        ours = (one for one in self.world.sandbox_objects("invoice") if one["billing_reason"] == "subscription_cycle")
        return next(one for one in ours if subscription_of_invoice(one) == self.subscription_id)

    def row(self) -> Invoice:
        """Return the same invoice as we have it."""
        return next(one for one in self.world.invoices() if one.stripe_id == self.invoice()["id"])

    def booked(self) -> list[int]:
        """Return the amounts that stand in the books for this invoice, what went back with a minus."""
        wanted = self.invoice()["id"]
        paid = [one.amount_minor for one in self.world.rows(Payment) if one.invoice_id == wanted]
        return paid + [-one.amount_minor for one in self.world.rows(Refund) if one.invoice_id == wanted]

    def is_consistent(self) -> bool:
        return list(suspects(self.world.database)) == []


@pytest.fixture
def debt(world: World) -> Debt:
    return Debt(world)


class TestAPart:
    def test_stands_in_the_books_and_opens_nothing(self, debt: Debt) -> None:
        before = debt.world.entitlement(debt.reader_id)
        debt.pay(200)
        debt.look()
        assert debt.booked() == [200]
        assert (debt.row().status, debt.row().paid_minor) == ("open", 200)
        assert debt.world.entitlement(debt.reader_id) == before
        current = debt.world.current(debt.reader_id)
        assert current
        assert current.status == "past_due"

    def test_given_back_leaves_the_invoice_open_and_the_books_even(self, debt: Debt) -> None:
        intent = debt.pay(200)
        debt.look()
        debt.give_back(intent)
        debt.hear()
        assert sum(debt.booked()) == 0
        assert debt.row().refunded_minor == 200


class TestAllParts:
    def test_together_renew_the_subscription(self, debt: Debt) -> None:
        debt.pay(200)
        debt.pay_the_rest()
        debt.hear()
        assert sorted(debt.booked()) == [200, 299]
        assert debt.row().status == "paid"
        assert debt.world.may_read(debt.reader_id)
        assert debt.is_consistent()

    def test_may_all_be_payments_made_beside_the_invoice(self, debt: Debt) -> None:
        debt.pay(200)
        debt.pay(299)
        debt.hear()
        assert sorted(debt.booked()) == [200, 299]
        assert debt.row().status == "paid"
        assert debt.is_consistent()


class TestWhatGoesBackOfOnePart:
    @pytest.fixture
    def first(self, debt: Debt) -> str:
        intent = debt.pay(200)
        debt.pay_the_rest()
        debt.hear()
        return intent

    def test_is_found_by_its_event_and_leaves_access_open(self, debt: Debt, first: str) -> None:
        debt.give_back(first)
        debt.hear()
        assert sum(debt.booked()) == 299
        assert debt.row().refunded_minor == 200
        assert debt.world.may_read(debt.reader_id)
        assert debt.is_consistent()

    def test_ends_access_once_the_others_went_back_too(self, debt: Debt, first: str) -> None:
        payments = [one.payment_id for one in debt.world.rows(Payment) if one.invoice_id == debt.invoice()["id"]]
        for intent in payments:
            debt.give_back(intent)
        debt.hear()
        assert first in payments
        assert sum(debt.booked()) == 0
        assert not debt.world.may_read(debt.reader_id)

    def test_suspends_access_while_the_bank_looks_at_it(self, debt: Debt, first: str) -> None:
        (charge,) = (one for one in debt.world.sandbox_objects("charge") if one["payment_intent"] == first)
        debt.world.sandbox.open_dispute(charge["id"])
        debt.hear()
        (dispute,) = debt.world.rows(Dispute)
        assert dispute.invoice_id == debt.invoice()["id"]
        assert not debt.world.may_read(debt.reader_id)

    def test_is_asked_for_at_stripe_where_one_can_say_which_part(self, debt: Debt, first: str) -> None:
        with pytest.raises(BadInput, match="2 payments") as refused:
            plan(debt.world.billing, debt.invoice()["id"], None, None)
        assert refused.value.field == "invoice"
        assert first
