"""Every turn that a subscription can take, each as one journey: pages of ours, a stand-in Stripe, time that passes."""

import re

import pytest

from paywall import clock
from paywall.billing.catalogue.making_offers import NewOffer
from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.offers import Duration
from paywall.billing.catalogue.plans import Interval
from paywall.billing.catalogue.putting_on_sale import NewPlan, NewPrice
from paywall.billing.changing.cancelling import carry_out_cancellations
from paywall.billing.changing.links import cancel_path, pay_path
from paywall.billing.ledger.refunding import refund
from tests.billing.shop import DIGITAL, MONTHLY, YEARLY
from tests.journeys.deployment import Newspaper
from tests.journeys.life import STORY, Life

PLUS = NewPlan("plus", "Plus", "Everything, and the archive.", (NewPrice(Interval.MONTH, Money(1499, "AZN")),))
BASIC = NewPlan("basic", "Basic", "Everything.", (NewPrice(Interval.MONTH, Money(299, "AZN")),))
EURO = NewPlan("euro", "Euro", "", (NewPrice(Interval.MONTH, Money(399, "EUR")),))
BANK = {"method": "sepa_debit", "account_name": "Leyla Aliyeva"}
CHANGE, CANCEL = "/account/subscription/change", "/account/subscription/cancellation"


@pytest.fixture
def life(news: Newspaper, monkeypatch: pytest.MonkeyPatch) -> Life:
    news.publish(STORY, access="subscribers")
    return Life(news, news.reader(), monkeypatch)


class TestPayingOnTime:
    def test_who_subscribes_by_the_month_reads_on_as_long_as_each_month_is_paid(self, life: Life) -> None:
        assert not life.reads()
        life.subscribes()
        assert life.reads()
        life.turns(days=70)
        assert life.paid() == [499, 499, 499]
        assert life.reads()
        assert life.state().startswith("You subscribe monthly. Next payment 4.99 ₼ on")

    def test_who_subscribes_by_the_year_pays_once_and_again_after_a_year(self, life: Life) -> None:
        life.subscribes(YEARLY)
        life.turns(days=360)
        assert life.paid() == [4990]
        assert life.reads()
        life.turns(days=8)
        assert life.paid() == [4990, 4990]
        assert life.state().startswith("You subscribe yearly. Next payment 49.90 ₼ on")

    def test_a_subscription_in_another_currency_stays_in_it(self, life: Life) -> None:
        life.sells(EURO)
        life.subscribes("news:euro:month:eur")
        life.turns(days=32)
        assert {(one.currency, one.paid_minor) for one in life.invoices()} == {("EUR", 399)}
        assert CHANGE not in life.reader.get("/account").text, "no price of another currency is offered"


class TestBeginnings:
    def test_a_trial_costs_nothing_and_then_becomes_a_paid_subscription(self, life: Life) -> None:
        life.sells(NewPlan("digital", "Digital", "", DIGITAL.prices, trial_days=14))
        life.subscribes()
        assert life.reads()
        assert re.match(r"Your trial runs for 14 more days\. First payment 4\.99 ₼ on \d+", life.state())
        life.turns(days=15)
        assert life.paid() == [499]
        assert life.state().startswith("You subscribe monthly.")

    def test_a_second_trial_with_the_same_card_is_refused_and_costs_nothing(self, life: Life) -> None:
        life.sells(NewPlan("digital", "Digital", "", DIGITAL.prices, trial_days=14))
        life.subscribes()
        other = Life(life.news, life.news.reader("nigar@example.org"), life.clock, life._told)
        other.subscribes()
        assert not other.reads()
        assert other.paid() == []
        assert "trial_refused" in life.mails()
        assert life.reads()

    def test_an_introductory_price_ends_when_it_was_said_to(self, life: Life) -> None:
        life.offers(NewOffer("half", "digital", percent_off=50, duration=Duration.REPEATING, months=2))
        life.subscribes()
        assert re.match(r"You subscribe monthly for 2\.49 ₼ until .*, then 4\.99 ₼\. Next payment 2\.49", life.state())
        life.turns(days=95)
        assert life.paid() == [249, 249, 499, 499]
        assert life.state().startswith("You subscribe monthly. Next payment 4.99 ₼ on")

    def test_a_promotion_code_typed_on_stripes_page_takes_its_share_off(self, life: Life) -> None:
        life.offers(NewOffer("spring", "digital", percent_off=20, code="SPRING"))
        life.subscribes(code="SPRING")
        life.turns(days=32)
        assert life.paid() == [399, 499]


class TestChangingThePlan:
    def test_an_upgrade_costs_today_what_was_said_and_the_full_price_from_the_next_period_on(self, life: Life) -> None:
        life.sells(PLUS)
        life.subscribes()
        life.turns(days=10)
        said = life.changes_to("news:plus:month:azn")
        today = re.match(r"Today you pay ([\d.]+) ₼\.", said)
        assert today
        assert life.paid() == [499, int(today[1].replace(".", ""))]
        life.turns(days=22)
        assert life.paid()[2:] == [1499]
        assert life.reads()

    def test_a_downgrade_begins_with_the_next_period(self, life: Life) -> None:
        life.sells(BASIC)
        life.subscribes()
        assert life.changes_to("news:basic:month:azn").startswith("Nothing today.")
        assert "you pay 2.99 ₼ a month; until then everything stays." in life.state()
        life.turns(days=32)
        assert life.paid() == [499, 299]
        assert life.state().startswith("You subscribe monthly. Next payment 2.99 ₼ on")


class TestPausing:
    def test_a_pause_leaves_a_month_out_and_ends_by_itself(self, life: Life) -> None:
        life.subscribes()
        life.posts("/account/subscription/pause", periods="1")
        assert life.reads()
        life.turns(days=35)
        assert not life.reads()
        life.turns(days=30)
        assert life.paid() == [499, 499]
        assert life.reads()

    def test_going_on_early_begins_a_new_month_at_once(self, life: Life) -> None:
        life.subscribes()
        life.posts("/account/subscription/pause", periods="3")
        life.turns(days=40)
        life.posts("/account/subscription/continuation")
        assert life.paid() == [499, 499]
        assert life.reads()


class TestCancelling:
    def test_who_cancels_reads_to_the_end_of_what_is_paid_and_pays_no_more(self, life: Life) -> None:
        life.subscribes()
        life.posts(CANCEL, reason="unused")
        assert life.reads()
        assert "Your subscription is cancelled. You can read until" in life.state()
        life.turns(days=33)
        assert not life.reads()
        assert life.paid() == [499]
        assert life.state().startswith("Your subscription ended on")
        assert life.mails().count("cancelled") == 1

    def test_who_resumes_in_time_goes_on_as_before(self, life: Life) -> None:
        life.subscribes()
        life.posts(CANCEL)
        life.posts("/account/subscription/resumption")
        life.turns(days=32)
        assert life.paid() == [499, 499]
        assert life.reads()

    def test_a_link_in_a_mail_cancels_without_signing_in(self, life: Life) -> None:
        life.subscribes()
        path = cancel_path(life.shop.billing.links, life.subscription().stripe_id)
        stranger = life.news.browser()
        assert "you can go on reading until" in stranger.get(path).text
        assert stranger.post(path).status_code == 303
        assert "Your subscription is cancelled." in life.state()
        assert not stranger.is_signed_in()

    def test_a_cancellation_while_stripe_is_away_is_kept_and_carried_out(self, life: Life) -> None:
        life.subscribes()
        life.shop.sandbox.faults.add("*", drop_before=True, times=None)
        assert life.reader.post(CANCEL).status_code == 303
        assert life.state().startswith("Your cancellation is noted as of")
        life.shop.sandbox.faults.clear()
        assert carry_out_cancellations(life.shop.billing, clock.now()) == 1
        assert "Your subscription is cancelled." in life.state()


class TestAPaymentThatFails:
    def test_is_put_right_in_the_days_of_grace_by_the_link_in_the_mail(self, life: Life) -> None:
        life.subscribes()
        life.uses_card("pm_card_chargeCustomerFail")
        life.turns(days=32)
        assert life.reads()
        assert life.state().startswith("Your last payment of 4.99 ₼ failed. You can still read until")
        assert "payment_failed" in life.mails()
        owed = next(one for one in life.invoices() if one.status == "open")
        page = life.news.browser().get(pay_path(life.shop.billing.links, owed.stripe_id))
        assert (page.status_code, page.location) == (303, owed.hosted_url)
        life.pays_invoice()
        assert life.state().startswith("You subscribe monthly. Next payment")
        assert life.paid() == [499, 499]

    def test_ends_reading_after_the_grace_and_the_subscription_after_the_last_attempt(self, life: Life) -> None:
        life.subscribes()
        life.uses_card("pm_card_chargeCustomerFail")
        life.turns(days=47)
        assert not life.reads()
        assert life.prompt() in ("Update payment", "Subscribe")
        life.turns(days=30)
        assert not life.reads()
        assert life.state().startswith("Your subscription ended on")
        assert life.state().endswith("because the payment for it failed.")
        assert life.prompt() == "Subscribe"

    def test_waits_for_the_bank_where_it_wants_a_confirmation(self, life: Life) -> None:
        life.subscribes()
        life.uses_card("pm_card_authenticationRequired")
        life.turns(days=32)
        assert re.match(r"Your bank wants you to confirm your payment of 4\.99 ₼\. You can still read", life.state())
        assert life.reads()
        assert life.reader.get("/account/payment/open").location.startswith("https://pay.test/")
        life.pays_invoice()
        assert life.state().startswith("You subscribe monthly. Next payment")


class TestABankDebit:
    def test_that_arrives_after_days_lets_read_once_it_is_there(self, life: Life) -> None:
        life.sells(EURO)
        life.subscribes("news:euro:month:eur", iban="AT611904300234573201", **BANK)
        assert life.state().startswith("Your payment of €3.99 is on its way, which takes a bank a few days.")
        life.turns(days=8)
        assert life.reads()
        assert life.state().startswith("You subscribe monthly. Next payment €3.99 on")

    def test_that_comes_back_opens_nothing(self, life: Life) -> None:
        life.sells(EURO)
        life.subscribes("news:euro:month:eur", iban="AT861904300235473202", **BANK)
        life.turns(days=8)
        assert not life.reads()
        assert life.paid() == []


class TestMoneyBack:
    def test_a_full_refund_ends_reading_at_once(self, life: Life) -> None:
        life.subscribes()
        (paid,) = life.invoices()
        refund(life.shop.billing, paid.stripe_id, amount_minor=None, keeps_until=None, actor="admin:1")
        life.hears()
        assert not life.reads()
        assert life.state().startswith("Your last payment was given back, and reading ended with it.")

    def test_a_refund_of_a_part_leaves_reading_as_it_is(self, life: Life) -> None:
        life.subscribes()
        (paid,) = life.invoices()
        refund(life.shop.billing, paid.stripe_id, amount_minor=100, keeps_until=None, actor="admin:1")
        life.hears()
        assert life.reads()
        assert "1.00\N{NO-BREAK SPACE}₼ given back" in life.reader.get("/account").text

    @pytest.mark.parametrize("outcome", ["winning_evidence", "losing_evidence"])
    def test_a_dispute_suspends_reading_until_it_is_settled(self, life: Life, outcome: str) -> None:
        life.subscribes(card="4000000000000259")
        assert not life.reads()
        assert life.state() == "Your access is suspended while your bank looks into a payment that was disputed."
        assert life.at_stripe()["pause_collection"]
        (dispute,) = life.shop.gateway.ask_all(lambda v1: v1.disputes.list({"limit": 10}))
        life.ask(lambda v1: v1.disputes.update(dispute["id"], {"evidence": {"uncategorized_text": outcome}}))
        if outcome == "winning_evidence":
            assert life.reads()
            assert life.at_stripe()["pause_collection"] is None
        else:
            assert not life.reads()
            assert life.state() == "Your bank took a payment back, and your subscription ended with it."


class TestWhatOthersDoAtStripe:
    def test_a_deleted_customer_ends_the_subscription_and_may_subscribe_again(self, life: Life) -> None:
        life.subscribes()
        customer = life.subscription().customer_id
        life.ask(lambda v1: v1.customers.delete(customer))
        assert "ended" in life.state()
        life.subscribes()
        assert life.reads()
        assert life.subscription().customer_id != customer

    def test_what_is_changed_at_the_dashboard_is_known_at_once(self, life: Life) -> None:
        life.subscribes()
        life.ask(lambda v1: v1.subscriptions.update(life.subscription().stripe_id, {"cancel_at_period_end": True}))
        assert "Your subscription is cancelled." in life.state()
        life.ask(lambda v1: v1.subscriptions.cancel(life.subscription().stripe_id))
        assert life.state().startswith("Your subscription has ended. You can read until")

    def test_a_price_of_another_service_on_the_same_account_opens_nothing(self, life: Life) -> None:
        life.subscribes()
        product = life.ask(lambda v1: v1.products.create({"name": "A podcast"}))
        recurring = {
            "currency": "azn",
            "unit_amount": 100,
            "product": product["id"],
            "recurring": {"interval": "month"},
        }
        price = life.ask(lambda v1: v1.prices.create(recurring))
        stranger = life.ask(lambda v1: v1.customers.create({"email": "nobody@example.org"}))
        method = life.ask(lambda v1: v1.payment_methods.attach("pm_card_visa", {"customer": stranger["id"]}))
        life.ask(
            lambda v1: v1.subscriptions.create(
                {
                    "customer": stranger["id"],
                    "items": [{"price": price["id"]}],
                    "default_payment_method": method["id"],
                }
            )
        )
        assert [one.paid_minor for one in life.invoices()] == [499]
        assert life.reads()

    def test_who_subscribed_before_a_price_rise_keeps_the_old_price(self, life: Life) -> None:
        life.subscribes()
        dearer = (NewPrice(Interval.MONTH, Money(599, "AZN")), NewPrice(Interval.YEAR, Money(5990, "AZN")))
        life.sells(NewPlan("digital", "Digital", "", dearer))
        life.turns(days=32)
        assert life.paid() == [499, 499]
        assert life.state().startswith("You subscribe monthly. Next payment 4.99 ₼ on")
        assert MONTHLY not in life.reader.get(CHANGE).text
