"""Pausing: so many periods are left out, then it goes on by itself; or earlier, for what was said before."""

import re

import pytest

from tests.account.conftest import Home, sentence_of

PAUSE, GO_ON = "/account/subscription/pause", "/account/subscription/continuation"


class TestPausing:
    def test_says_before_what_it_means(self, home: Home) -> None:
        home.subscribe()
        assert f'href="{PAUSE}"' in home.account()
        page = home.browser.get(PAUSE).text
        assert sentence_of(page).startswith("You read on until")
        assert [length for length in ("1 month", "2 months", "3 months") if f">{length}; next payment on" in page] == [
            "1 month",
            "2 months",
            "3 months",
        ]

    def test_leaves_out_one_period_and_goes_on_by_itself(self, home: Home) -> None:
        home.subscribe()
        home.browser.post(PAUSE, {"periods": "1"})
        assert re.match(r"Your subscription is paused\. You can read until .*; nothing is charged until", home.state())
        home.turn(days=33)
        assert [one.paid_minor for one in home.world.invoices() if one.status == "paid"] == [499]
        assert not home.world.may_read(home.reader.id)
        assert home.state().startswith("Your subscription is paused: nothing is charged until")
        home.turn(days=31)
        assert [one.paid_minor for one in home.world.invoices() if one.status == "paid"] == [499, 499]
        assert home.world.may_read(home.reader.id)
        assert home.state().startswith("You subscribe monthly. Next payment 4.99")

    def test_twice_is_one_pause(self, home: Home) -> None:
        home.subscribe()
        for _ in range(2):
            assert home.browser.post(PAUSE, {"periods": "2"}).status_code == 303
        assert home.deeds().count("subscription_paused") == 1

    @pytest.mark.parametrize("periods", ["", "0", "4", "-1", "x", "1.5", "9" * 50])
    def test_for_another_time_names_the_field(self, home: Home, periods: str) -> None:
        home.subscribe()
        answer = home.browser.post(PAUSE, {"periods": periods})
        assert answer.status_code == 422
        assert "Choose 1 to 3." in answer.text
        assert not home.at_stripe()["pause_collection"]

    def test_is_not_offered_in_a_trial_or_after_cancelling(self, home: Home) -> None:
        home.subscribe()
        home.browser.post("/account/subscription/cancellation")
        assert f'href="{PAUSE}"' not in home.account()
        assert home.browser.get(PAUSE).location == "/account"
        home.browser.post(PAUSE, {"periods": "1"})
        assert not home.at_stripe()["pause_collection"]


class TestGoingOn:
    def test_while_something_is_paid_for_costs_nothing_today(self, home: Home) -> None:
        home.subscribe()
        home.browser.post(PAUSE, {"periods": "1"})
        assert sentence_of(home.browser.get(GO_ON).text).startswith("Nothing today. Your next payment is on")
        home.browser.post(GO_ON)
        assert home.state().startswith("You subscribe monthly. Next payment 4.99")
        assert not home.at_stripe()["metadata"].get("paywall_pause")
        home.turn(days=32)
        assert [one.paid_minor for one in home.world.invoices()] == [499, 499]

    def test_when_nothing_is_paid_for_begins_a_new_period_for_what_was_said(self, home: Home) -> None:
        home.subscribe()
        home.browser.post(PAUSE, {"periods": "3"})
        home.turn(days=45)
        assert not home.world.may_read(home.reader.id)
        said = sentence_of(home.browser.get(GO_ON).text)
        assert re.match(r"Today you pay 4\.99 ₼ for a new period, which lasts until \d+ \w+", said), said
        home.browser.post(GO_ON)
        assert home.world.may_read(home.reader.id)
        assert [one.paid_minor for one in home.world.invoices() if one.status == "paid"] == [499, 499]
        assert home.state().startswith("You subscribe monthly. Next payment 4.99")

    def test_twice_is_once(self, home: Home) -> None:
        home.subscribe()
        home.browser.post(PAUSE, {"periods": "3"})
        home.turn(days=45)
        for _ in range(2):
            assert home.browser.post(GO_ON).status_code == 303
        assert [one.status for one in home.world.invoices()].count("paid") == 2

    def test_is_possible_after_every_pause(self, home: Home) -> None:
        home.subscribe()
        for _ in range(2):
            home.browser.post(PAUSE, {"periods": "1"})
            assert home.state().startswith("Your subscription is paused")
            home.browser.post(GO_ON)
            assert home.state().startswith("You subscribe monthly.")
        assert home.deeds() == ["subscription_paused", "subscription_went_on"] * 2

    def test_of_what_does_not_rest_says_so(self, home: Home) -> None:
        home.subscribe()
        assert home.browser.get(GO_ON).location == "/account"
        home.browser.post(GO_ON)
        assert "Your subscription isn&#39;t paused." in home.account()


class TestATrialThatEndedWithoutACard:
    def test_goes_on_once_there_is_one(self, home: Home) -> None:
        customer = str(home.world.ask(lambda v1: v1.customers.create({"email": "x@example.org"}))["id"])
        home.owns(customer)
        settings = {"end_behavior": {"missing_payment_method": "pause"}}
        home.began(home.world.subscribe(customer, trial_period_days=7, trial_settings=settings))
        home.turn(days=8)
        assert home.state() == "Your trial is over, and there is no card to go on with. Nothing is charged."
        home.world.use_card(customer, "pm_card_visa")
        said = sentence_of(home.browser.get(GO_ON).text)
        assert said.startswith("Today you pay 4.99 ₼ for a new period")
        home.browser.post(GO_ON)
        assert home.state().startswith("You subscribe monthly. Next payment 4.99")
        assert home.world.may_read(home.reader.id)
