"""The signed links in mails: each does one thing without signing in, and a GET does nothing."""

import re
from urllib.parse import urlsplit

import pytest

from paywall.billing.changing.links import cancel_path, pay_path
from tests.account.conftest import Home, sentence_of
from tests.readers.browser import Browser


@pytest.fixture
def stranger(home: Home) -> Browser:
    """A browser that nobody is signed in with."""
    return Browser(home.browser.client.application)


def cancel_link(home: Home, stripe_id: str) -> str:
    return cancel_path(home.world.billing.links, stripe_id)


class TestCancellingByLink:
    def test_says_first_what_will_happen_and_changes_nothing(self, home: Home, stranger: Browser) -> None:
        _, stripe_id = home.subscribe()
        answer = stranger.get(cancel_link(home, stripe_id))
        assert answer.status_code == 200
        assert re.match(r"Nothing more will be charged, and you can go on reading until \d+", sentence_of(answer.text))
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "leyla" not in answer.text
        assert not home.at_stripe()["cancel_at_period_end"]

    def test_takes_one_more_click(self, home: Home, stranger: Browser) -> None:
        _, stripe_id = home.subscribe()
        answer = stranger.post(cancel_link(home, stripe_id), {"reason": "unused"})
        assert answer.status_code == 303
        assert "The subscription is cancelled" in stranger.get(answer.location).text
        assert home.at_stripe()["cancellation_details"]["feedback"] == "unused"
        assert home.deeds() == ["cancellation_asked"]
        assert not stranger.is_signed_in()

    def test_twice_changes_nothing_more(self, home: Home, stranger: Browser) -> None:
        _, stripe_id = home.subscribe()
        for _ in range(2):
            assert stranger.post(cancel_link(home, stripe_id)).status_code == 303
        assert home.deeds() == ["cancellation_asked"]

    def test_is_noted_while_stripe_is_away(self, home: Home, stranger: Browser) -> None:
        _, stripe_id = home.subscribe()
        home.world.sandbox.faults.add("*", drop_before=True, times=None)
        answer = stranger.post(cancel_link(home, stripe_id))
        assert answer.status_code == 200
        assert "It counts as of today." in sentence_of(answer.text)

    def test_of_what_has_ended_says_so(self, home: Home, stranger: Browser) -> None:
        _, stripe_id = home.subscribe()
        home.world.billing.gateway.cancel_subscription(stripe_id)
        home.turn(days=1)
        assert "The subscription has ended" in stranger.get(cancel_link(home, stripe_id)).text
        assert stranger.post(cancel_link(home, stripe_id)).status_code == 303

    def test_never_ends_a_later_subscription(self, home: Home, stranger: Browser) -> None:
        customer, first = home.subscribe()
        home.world.billing.gateway.cancel_subscription(first)
        home.turn(days=1)
        second = home.began(home.world.subscribe(customer))
        stranger.post(cancel_link(home, first))
        assert home.world.billing.gateway.retrieve_subscription(second)["cancel_at_period_end"] is False

    def test_without_the_forms_token_does_nothing(self, home: Home, stranger: Browser) -> None:
        _, stripe_id = home.subscribe()
        answer = stranger.client.post(cancel_link(home, stripe_id), base_url="https://news.test")
        assert answer.status_code == 400
        assert not home.at_stripe()["cancel_at_period_end"]

    @pytest.mark.parametrize("reason", ["boredom", "x" * 5000])
    def test_with_another_reason_shows_the_form_again(self, home: Home, stranger: Browser, reason: str) -> None:
        _, stripe_id = home.subscribe()
        answer = stranger.post(cancel_link(home, stripe_id), {"reason": reason})
        assert answer.status_code == 422
        assert "Choose one of the reasons, or none." in answer.text


class TestADeadLink:
    @pytest.mark.parametrize("token", ["x", "a" * 20, "a" * 21, "a" * 600, "a" * 700, "%00", "é", "..%2F..", "A" * 43])
    @pytest.mark.parametrize("purpose", ["cancel", "pay"])
    def test_helps_on(self, stranger: Browser, purpose: str, token: str) -> None:
        answer = stranger.get(f"/billing/{purpose}/{token}")
        assert answer.status_code == 404
        assert "/account" in answer.text

    def test_is_one_that_was_cut_off_or_changed(self, home: Home, stranger: Browser) -> None:
        _, stripe_id = home.subscribe()
        link = cancel_link(home, stripe_id)
        for broken in (link[:-1], link[:-2], f"{link}A", link.replace("/cancel/", "/pay/")):
            answer = stranger.get(broken)
            assert answer.status_code == 404
            assert "can’t be used" in answer.text
            assert stranger.post(broken).status_code in (404, 405)
        assert not home.at_stripe()["cancel_at_period_end"]


class TestPayingByLink:
    def test_leads_in_one_click_to_stripes_page_of_the_invoice(self, home: Home, stranger: Browser) -> None:
        customer, _ = home.subscribe()
        home.world.use_card(customer, "pm_card_chargeCustomerFail")
        home.turn(days=33)
        owed = next(one for one in home.world.invoices() if one.status == "open")
        answer = stranger.get(pay_path(home.world.billing.links, owed.stripe_id))
        assert answer.status_code == 303
        assert urlsplit(answer.location).path == urlsplit(owed.hosted_url).path

    def test_says_that_it_is_paid(self, home: Home, stranger: Browser) -> None:
        home.subscribe()
        (paid,) = home.world.invoices()
        answer = stranger.get(pay_path(home.world.billing.links, paid.stripe_id))
        assert answer.status_code == 200
        assert "There is nothing to pay" in answer.text
