"""Cancelling: two clicks, no questions that must be answered, and never lost."""

import re
from datetime import timedelta

import pytest

from paywall import clock
from paywall.billing.changing.cancelling import carry_out_cancellations
from paywall.billing.changing.reasons import SENTENCES
from paywall.billing.changing.tables import CancellationRequest
from tests.account.conftest import Home

CANCEL, RESUME = "/account/subscription/cancellation", "/account/subscription/resumption"


def wishes(home: Home) -> list[CancellationRequest]:
    found: list[CancellationRequest] = home.world.rows(CancellationRequest)
    return found


def unplug(home: Home) -> None:
    """Take Stripe away."""
    home.world.sandbox.faults.add("*", drop_before=True, times=None)


def plug_in(home: Home) -> None:
    home.world.sandbox.faults.clear()


class TestTheFarewell:
    def test_is_asked_and_never_demanded(self, home: Home) -> None:
        home.subscribe()
        page = home.browser.get(CANCEL).text
        assert all(sentence in page for sentence in SENTENCES.values())
        assert "required" not in page.split("<form")[1]
        assert " checked" not in page
        home.browser.post(CANCEL)
        assert home.at_stripe()["cancel_at_period_end"]

    def test_reaches_stripe_and_is_kept(self, home: Home) -> None:
        home.subscribe()
        home.browser.post(CANCEL, {"reason": "too_expensive", "comment": " Rent went up. "})
        details = home.at_stripe()["cancellation_details"]
        assert (details["feedback"], details["comment"]) == ("too_expensive", "Rent went up.")
        (wish,) = wishes(home)
        assert (wish.reason, wish.comment, wish.via) == ("too_expensive", "Rent went up.", "account")
        assert wish.done_at

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"reason": "boredom"}, "Choose one of the reasons, or none."),
            ({"comment": "x" * 501}, "Keep it to 500 characters."),
        ],
    )
    def test_that_can_not_be_taken_is_shown_again_with_what_was_typed(
        self, home: Home, fields: dict[str, str], said: str
    ) -> None:
        home.subscribe()
        answer = home.browser.post(CANCEL, {"comment": "Still here.", **fields})
        assert answer.status_code == 422
        assert said in answer.text
        assert fields.get("comment", "Still here.") in answer.text
        assert not wishes(home)
        assert not home.at_stripe()["cancel_at_period_end"]

    def test_may_be_in_any_writing(self, home: Home) -> None:
        home.subscribe()
        home.browser.post(CANCEL, {"comment": "Çox sağ olun 🙏 <b>спасибо</b>"})
        assert home.at_stripe()["cancellation_details"]["comment"] == "Çox sağ olun 🙏 <b>спасибо</b>"


class TestTheAudit:
    def test_has_one_row_for_each_deed_of_the_reader(self, home: Home) -> None:
        home.subscribe()
        for path in (CANCEL, CANCEL, RESUME, RESUME, CANCEL):
            home.browser.post(path)
        assert home.deeds() == ["cancellation_asked", "subscription_resumed", "cancellation_asked"]


class TestWhileStripeIsAway:
    def test_the_cancellation_is_noted_and_the_page_says_so(self, home: Home) -> None:
        home.subscribe()
        unplug(home)
        assert home.browser.post(CANCEL, {"reason": "unused"}).status_code == 303
        assert re.match(r"Your cancellation is noted as of \d+ \w+( \d+)?\. You can read until", home.state())
        assert not any(path in home.account() for path in (CANCEL, "/subscription/pause", "/subscription/change"))

    def test_it_is_carried_out_once_stripe_is_back_and_confirmed_by_mail(self, home: Home) -> None:
        home.subscribe()
        unplug(home)
        for _ in range(3):
            home.browser.post(CANCEL, {"reason": "unused"})
        assert carry_out_cancellations(home.world.billing, clock.now()) == 0
        plug_in(home)
        assert carry_out_cancellations(home.world.billing, clock.now()) == 1
        assert carry_out_cancellations(home.world.billing, clock.now()) == 0
        assert home.at_stripe()["cancellation_details"]["feedback"] == "unused"
        assert "Your subscription is cancelled. You can read until" in home.state()
        assert [mail.kind for mail in home.world.mails()].count("billing_cancelled") == 1

    def test_an_answer_that_was_lost_is_no_second_cancellation(self, home: Home) -> None:
        _, stripe_id = home.subscribe()
        home.world.sandbox.faults.add(f"POST /v1/subscriptions/{stripe_id}", drop_after_commit=True, times=1)
        home.browser.post(CANCEL)
        carry_out_cancellations(home.world.billing, clock.now())
        assert "Your subscription is cancelled." in home.state()
        assert [mail.kind for mail in home.world.mails()].count("billing_cancelled") == 1

    def test_whoever_is_charged_meanwhile_gets_the_money_back_and_the_subscription_ends(self, home: Home) -> None:
        home.subscribe()
        home.turn(days=29)
        unplug(home)
        home.browser.post(CANCEL)
        plug_in(home)
        home.turn(days=4)
        assert [one.paid_minor for one in home.world.invoices()] == [499, 499]
        assert carry_out_cancellations(home.world.billing, clock.now()) == 1
        assert [one.refunded_minor for one in home.world.invoices()] == [0, 499]
        assert home.at_stripe()["status"] == "canceled"
        assert not home.world.may_read(home.reader.id)

    def test_a_renewal_that_was_paid_before_asking_stays_paid(self, home: Home) -> None:
        home.subscribe()
        home.turn(days=33)
        unplug(home)
        home.browser.post(CANCEL)
        plug_in(home)
        carry_out_cancellations(home.world.billing, clock.now() + timedelta(hours=1))
        assert [one.refunded_minor for one in home.world.invoices()] == [0, 0]
        assert home.world.may_read(home.reader.id)

    def test_it_can_be_taken_back_before_it_is_carried_out(self, home: Home) -> None:
        home.subscribe()
        unplug(home)
        home.browser.post(CANCEL)
        assert home.browser.post(RESUME).status_code == 503
        plug_in(home)
        assert carry_out_cancellations(home.world.billing, clock.now()) == 0
        assert "Next payment" in home.state()
        assert not home.at_stripe()["cancel_at_period_end"]


class TestWhatIsNotPaidFor:
    def test_ends_at_once_as_the_page_says(self, home: Home) -> None:
        customer, _ = home.subscribe()
        home.world.use_card(customer, "pm_card_chargeCustomerFail")
        home.turn(days=33)
        assert home.state().startswith("Your last payment of 4.99 ₼ failed.")
        assert "Your subscription ends at once." in home.browser.get(CANCEL).text
        home.browser.post(CANCEL)
        assert home.at_stripe()["status"] == "canceled"
        assert home.state().startswith("Your subscription ended on")

    def test_is_not_charged_an_hour_after_it_was_said_that_nothing_will_be(self, home: Home) -> None:
        home.subscribe()
        row = home.world.current(home.reader.id)
        assert row
        assert row.paid_through_at
        home.world.time.at = row.paid_through_at
        home.turn(minutes=10)
        assert [one.status for one in home.world.invoices()] == ["paid", "draft"]
        assert "Your subscription ends at once." in home.browser.get(CANCEL).text
        home.browser.post(CANCEL)
        assert home.at_stripe()["status"] == "canceled"
        home.turn(days=2)
        assert [one.paid_minor for one in home.world.invoices()] == [499, 0]
