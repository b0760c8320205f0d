"""Changing the plan: an upgrade at once and exact to the minor unit, a downgrade when what is paid for is used up."""

import re
from collections.abc import Mapping

import pytest

from paywall.billing.catalogue.plans import Interval
from tests.account.conftest import Home, sentence_of

CHANGE = "/account/subscription/change"


def fields_of(page: str) -> Mapping[str, str]:
    """Return what the confirm page sends along."""
    found = dict(re.findall(r'<input type="hidden" name="(price|moment|seal)" value="([^"]*)">', page))
    assert len(found) == 3
    return found


def previewed(home: Home, key: str) -> tuple[str, Mapping[str, str]]:
    """Choose a price; returns what the page says and sends along."""
    answer = home.browser.get(f"{CHANGE}?price={key}")
    assert answer.status_code == 200, answer.location
    return sentence_of(answer.text), fields_of(answer.text)


class TestTheChoices:
    def test_are_the_other_prices_with_when_they_would_begin(self, home: Home) -> None:
        home.sells("plus", 1499)
        home.sells("basic", 299)
        home.subscribe()
        assert f'href="{CHANGE}"' in home.account()
        page = home.browser.get(CHANGE).text
        assert [plan for plan in ("Plus", "Basic", "Digital") if f"<h2>{plan}</h2>" in page] == ["Plus", "Basic"]
        assert page.index("Begins today") < page.index("<h2>Basic</h2>") < page.index("Begins when")

    def test_say_the_tax_in_the_publishers_words(self, home: Home) -> None:
        home.sells("plus", 1499, tax_note="including 18% VAT")
        home.subscribe()
        assert "Including 18% VAT." in home.browser.get(CHANGE).text

    def test_are_not_offered_where_there_is_only_one_price(self, home: Home) -> None:
        home.subscribe()
        assert f'href="{CHANGE}"' not in home.account()

    def test_are_not_offered_to_who_has_cancelled(self, home: Home) -> None:
        key = home.sells("plus", 1499)
        home.subscribe()
        home.browser.post("/account/subscription/cancellation")
        assert f'href="{CHANGE}"' not in home.account()
        assert home.browser.get(f"{CHANGE}?price={key}").location == "/account"

    @pytest.mark.parametrize("key", ["news:digital:month:azn", "other:plus:month:azn", "x", "'; drop table"])
    def test_do_not_hold_ones_own_price_or_one_that_is_not_there(self, home: Home, key: str) -> None:
        home.sells("plus", 1499)
        home.subscribe()
        assert home.browser.get(CHANGE, query_string={"price": key}).status_code == 404


class TestAnUpgrade:
    def test_costs_exactly_what_its_preview_said_and_begins_at_once(self, home: Home) -> None:
        key = home.sells("plus", 1499)
        home.subscribe()
        home.turn(days=10)
        said, fields = previewed(home, key)
        before = len(home.world.invoices())
        amount = re.match(r"Today you pay ([\d.]+) ₼\. From \d+ [A-Z]\w+( \d+)? 14\.99 ₼ a month\.$", said)
        assert amount, said
        answer = home.browser.post(CHANGE, fields)
        assert (answer.status_code, answer.location) == (303, "/account")
        assert re.match(r"You subscribe monthly\. Next payment 14\.99 ₼ on", home.state())
        newest = home.world.invoices()[before:]
        assert [one.paid_minor for one in newest] == [int(amount[1].replace(".", ""))]
        assert home.world.may_read(home.reader.id)

    def test_twice_is_one_change_and_one_charge(self, home: Home) -> None:
        key = home.sells("plus", 1499)
        home.subscribe()
        home.turn(days=10)
        _, fields = previewed(home, key)
        assert [home.browser.post(CHANGE, fields).status_code for _ in range(2)] == [303, 303]
        assert len(home.world.sandbox_objects("invoice")) == 2
        assert home.deeds().count("subscription_switched") == 1

    def test_with_a_preview_of_a_quarter_of_an_hour_ago_is_shown_anew(self, home: Home) -> None:
        key = home.sells("plus", 1499)
        home.subscribe()
        home.turn(days=10)
        _, fields = previewed(home, key)
        home.turn(minutes=16)
        answer = home.browser.post(CHANGE, fields)
        assert answer.status_code == 200
        assert "Nothing has changed yet" in answer.text
        assert len(home.world.invoices()) == 1
        assert home.browser.post(CHANGE, fields_of(answer.text)).status_code == 303
        assert "14.99" in home.state()

    @pytest.mark.parametrize("broken", [{"seal": "news:plus:month:azn/1/1"}, {"moment": "0"}, {"moment": "9" * 12}])
    def test_with_a_preview_that_nobody_made_is_shown_anew(self, home: Home, broken: dict[str, str]) -> None:
        key = home.sells("plus", 1499)
        home.subscribe()
        _, fields = previewed(home, key)
        answer = home.browser.post(CHANGE, {**fields, **broken})
        assert answer.status_code in (200, 422)
        assert len(home.world.invoices()) == 1

    @pytest.mark.parametrize("moment", ["", "-1", "1.5", "x", "٣", "9" * 40])
    def test_without_a_readable_moment_names_the_field(self, home: Home, moment: str) -> None:
        key = home.sells("plus", 1499)
        home.subscribe()
        _, fields = previewed(home, key)
        assert home.browser.post(CHANGE, {**fields, "moment": moment}).status_code == 422

    def test_that_is_declined_changes_nothing_and_says_so(self, home: Home) -> None:
        key = home.sells("plus", 1499)
        customer, _ = home.subscribe()
        home.world.use_card(customer, "pm_card_chargeCustomerFail")
        home.turn(days=10)
        _, fields = previewed(home, key)
        home.browser.post(CHANGE, fields)
        page = home.account()
        assert "nothing has changed" in page.lower()
        assert home.at_stripe()["items"]["data"][0]["price"]["unit_amount"] == 499
        assert home.world.may_read(home.reader.id)

    def test_that_the_bank_wants_confirmed_waits_for_it_and_leads_there(self, home: Home) -> None:
        key = home.sells("plus", 1499)
        customer, _ = home.subscribe()
        home.world.use_card(customer, "pm_card_authenticationRequired")
        home.turn(days=10)
        _, fields = previewed(home, key)
        assert home.browser.post(CHANGE, fields).location == "/account/payment/open"
        assert home.state() == "Your change waits for its payment. Until it is made, everything stays as it is."
        assert home.browser.get("/account/payment/open").location.startswith("http")
        assert f'href="{CHANGE}"' not in home.account()

    def test_in_a_trial_costs_nothing_today(self, home: Home) -> None:
        key = home.sells("plus", 1499)
        customer = home.world.customer(home.reader.id)
        home.began(home.world.subscribe(customer, trial_period_days=14))
        said, fields = previewed(home, key)
        assert re.match(r"Nothing today\. From \d+ \w+( \d+)? 14\.99 ₼ a month\.$", said), said
        home.browser.post(CHANGE, fields)
        assert "First payment 14.99 ₼" in home.state()


class TestADowngrade:
    def test_costs_nothing_today_and_begins_with_the_next_period(self, home: Home) -> None:
        key = home.sells("basic", 299)
        home.subscribe()
        said, fields = previewed(home, key)
        assert re.match(r"Nothing today\. From \d+ \w+( \d+)? 2\.99 ₼ a month; until then everything stays\.$", said), (
            said
        )
        home.browser.post(CHANGE, fields)
        assert re.search(r"From \d+ \w+( \d+)? you pay 2\.99 ₼ a month; until then everything stays\.$", home.state())
        home.turn(days=32)
        assert re.match(r"You subscribe monthly\. Next payment 2\.99 ₼ on", home.state())
        assert [one.paid_minor for one in home.world.invoices()] == [499, 299]

    def test_can_be_undone_and_done_again(self, home: Home) -> None:
        key = home.sells("basic", 299)
        home.subscribe()
        for _ in range(2):
            home.browser.post(CHANGE, previewed(home, key)[1])
            assert "Keep the present plan" in home.account()
            for _ in range(2):
                assert home.browser.post(f"{CHANGE}/undoing").status_code == 303
            assert re.match(r"You subscribe monthly\. Next payment 4\.99 ₼ on", home.state())
        assert home.at_stripe()["schedule"] is None

    def test_twice_is_one_change(self, home: Home) -> None:
        key = home.sells("basic", 299)
        home.subscribe()
        _, fields = previewed(home, key)
        for _ in range(2):
            assert home.browser.post(CHANGE, fields).status_code == 303
        assert len(home.world.sandbox_objects("subscription_schedule")) == 1

    def test_keeps_the_discount_for_both_phases(self, home: Home) -> None:
        key = home.sells("basic", 299)
        coupon = home.world.ask(lambda v1: v1.coupons.create({"percent_off": 50, "duration": "forever"}))
        customer = home.world.customer(home.reader.id)
        home.began(home.world.subscribe(customer, discounts=[{"coupon": coupon["id"]}]))
        home.browser.post(CHANGE, previewed(home, key)[1])
        home.turn(days=32)
        assert [one.paid_minor for one in home.world.invoices()] == [249, 149]

    def test_gives_way_to_a_cancellation(self, home: Home) -> None:
        key = home.sells("basic", 299)
        home.subscribe()
        home.browser.post(CHANGE, previewed(home, key)[1])
        home.browser.post("/account/subscription/cancellation")
        assert "Your subscription is cancelled." in home.state()
        assert home.at_stripe()["cancel_at_period_end"]

    def test_to_a_shorter_period_waits_too(self, home: Home) -> None:
        key = home.sells("yearly", 4990, Interval.YEAR)
        home.subscribe()
        said, fields = previewed(home, key)
        assert said.startswith("Nothing today.")
        assert "49.90 ₼ a year" in said
        home.browser.post(CHANGE, fields)
        home.turn(days=32)
        assert "You subscribe yearly. Next payment 49.90 ₼ on" in home.state()
