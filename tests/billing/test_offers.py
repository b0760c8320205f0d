"""Offers as a publisher makes and ends them, and what of them is brought to Stripe."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from paywall.billing.catalogue.making_offers import NewOffer, UnknownOffer, end_offer, set_up_offer
from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.offers import Duration, Offer, introductory_offers, offers_of
from paywall.billing.catalogue.plans import Interval
from paywall.billing.catalogue.putting_on_sale import NewPlan, NewPrice, set_up_plan
from paywall.billing.catalogue.wording import described, standing_word
from paywall.billing.setting_up.account import set_up_stripe
from paywall.billing.setting_up.offers import CodeTaken
from paywall.changes import ChangeKind, ChangeRow
from paywall.database import Database
from paywall.errors import BadInput
from paywall.publishers.rules import Profile
from paywall.publishers.tables import Publisher
from tests.billing.shop import DIGITAL, MONTHLY, Shop
from tests.racing import at_once

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HALF = NewOffer("autumn", "digital", percent_off=50, duration=Duration.REPEATING, months=3)
SPRING = NewOffer("spring", "digital", percent_off=30, code="SPRING", max_redemptions=100)
COUPON = "paywall_news_digital_autumn_50pct_3m"


def sell(database: Database, publisher: Profile, plan: NewPlan = DIGITAL) -> None:
    with database.writing() as session:
        set_up_plan(session, session.get_one(Publisher, publisher.id), plan)


def make(database: Database, publisher: Profile, offer: NewOffer, now: datetime = NOW) -> None:
    with database.writing() as session:
        set_up_offer(session, publisher.id, offer, now)


def end(database: Database, publisher: Profile, slug: str) -> None:
    with database.writing() as session:
        end_offer(session, publisher.id, slug, NOW)


def made(database: Database, publisher: Profile) -> list[Offer]:
    with database.reading() as session:
        return offers_of(session, publisher.id)


class TestMakingAnOffer:
    def test_of_some_made_for_a_plan_at_once_one_introduces_it(self, database: Database, publisher: Profile) -> None:
        sell(database, publisher)
        ended = at_once(lambda number: make(database, publisher, replace(HALF, slug=f"autumn-{number}")))
        assert ended == ["bad_input"] * 5 + ["done"]
        assert len(made(database, publisher)) == 1

    def test_the_same_made_at_once_is_one(self, database: Database, publisher: Profile) -> None:
        sell(database, publisher)
        assert at_once(lambda _: make(database, publisher, SPRING)) == ["done"] * 6
        assert len(made(database, publisher)) == 1

    def test_keeps_what_was_promised(self, database: Database, publisher: Profile) -> None:
        sell(database, publisher)
        make(database, publisher, replace(SPRING, ends_at=NOW + timedelta(days=9)))
        (offer,) = made(database, publisher)
        assert (offer.slug, offer.percent_off, offer.duration, offer.months) == ("spring", 30, "once", None)
        assert (offer.code, offer.ends_at, offer.max_redemptions) == ("SPRING", NOW + timedelta(days=9), 100)

    def test_twice_changes_nothing_and_again_brings_it_up_to_date(self, database: Database, publisher: Profile) -> None:
        sell(database, publisher)
        for offer in (HALF, HALF, replace(HALF, months=6)):
            make(database, publisher, offer)
        (found,) = made(database, publisher)
        assert found.months == 6

    def test_is_told_to_every_process(self, database: Database, publisher: Profile) -> None:
        sell(database, publisher)
        with database.reading() as session:
            before = session.query(ChangeRow).count()
        make(database, publisher, HALF)
        with database.reading() as session:
            (last,) = session.query(ChangeRow).order_by(ChangeRow.id).all()[before:]
        assert (last.kind, last.publisher_id) == (ChangeKind.PUBLISHER, publisher.id)

    @pytest.mark.parametrize(
        ("offer", "field"),
        [
            (replace(HALF, slug="Two Words"), "slug"),
            (replace(HALF, slug=""), "slug"),
            (replace(HALF, plan="nothing"), "plan"),
            (replace(HALF, percent_off=None), "percent"),
            (replace(HALF, percent_off=0), "percent"),
            (replace(HALF, percent_off=101), "percent"),
            (replace(HALF, amount_off=Money(100, "AZN")), "percent"),
            (replace(HALF, percent_off=100, duration=Duration.FOREVER, months=None), "percent"),
            (replace(HALF, percent_off=None, amount_off=Money(0, "AZN")), "amount"),
            (replace(HALF, percent_off=None, amount_off=Money(499, "AZN")), "amount"),
            (replace(HALF, percent_off=None, amount_off=Money(100, "USD")), "currency"),
            (replace(HALF, months=None), "months"),
            (replace(HALF, months=0), "months"),
            (replace(HALF, months=37), "months"),
            (replace(HALF, duration=Duration.ONCE), "months"),
            (replace(HALF, code="spring"), "code"),
            (replace(HALF, code="A"), "code"),
            (replace(HALF, code="ƏDV"), "code"),
            (replace(SPRING, starts_at=NOW), "from"),
            (replace(HALF, ends_at=NOW), "until"),
            (replace(HALF, starts_at=NOW + timedelta(days=2), ends_at=NOW + timedelta(days=1)), "until"),
            (replace(HALF, max_redemptions=5), "limit"),
            (replace(SPRING, max_redemptions=0), "limit"),
        ],
    )
    def test_refuses_odd_terms_by_the_field_and_stores_nothing(
        self, database: Database, publisher: Profile, offer: NewOffer, field: str
    ) -> None:
        sell(database, publisher)
        with pytest.raises(BadInput) as caught:
            make(database, publisher, offer)
        assert (caught.value.field, made(database, publisher)) == (field, [])

    def test_refuses_a_second_introductory_one_for_the_plan_until_the_first_has_ended(
        self, database: Database, publisher: Profile
    ) -> None:
        sell(database, publisher)
        make(database, publisher, HALF)
        with pytest.raises(BadInput) as caught:
            make(database, publisher, replace(HALF, slug="winter"))
        assert caught.value.field == "plan"
        end(database, publisher, "autumn")
        make(database, publisher, replace(HALF, slug="winter"))

    def test_refuses_a_trial_and_an_introductory_one_together(self, database: Database, publisher: Profile) -> None:
        sell(database, publisher, replace(DIGITAL, trial_days=14))
        with pytest.raises(BadInput) as caught:
            make(database, publisher, HALF)
        assert caught.value.field == "plan"
        make(database, publisher, SPRING)
        sell(database, publisher)
        make(database, publisher, HALF)
        with pytest.raises(BadInput) as caught:
            sell(database, publisher, replace(DIGITAL, trial_days=14))
        assert caught.value.field == "trial_days"

    def test_refuses_a_code_that_another_one_has(self, database: Database, publisher: Profile) -> None:
        sell(database, publisher)
        make(database, publisher, SPRING)
        with pytest.raises(BadInput) as caught:
            make(database, publisher, replace(SPRING, slug="other"))
        assert caught.value.field == "code"
        end(database, publisher, "spring")
        make(database, publisher, replace(SPRING, slug="other"))


class TestEndingAnOffer:
    def test_gives_it_to_nobody_any_more(self, database: Database, publisher: Profile) -> None:
        sell(database, publisher)
        make(database, publisher, HALF)
        end(database, publisher, "autumn")
        (offer,) = made(database, publisher)
        assert standing_word(offer, NOW) == "ended"
        with database.reading() as session:
            assert introductory_offers(session, offer.plan_id, NOW) == []

    def test_that_does_not_exist_says_so(self, database: Database, publisher: Profile) -> None:
        with pytest.raises(UnknownOffer):
            end(database, publisher, "autumn")

    def test_can_be_taken_back(self, database: Database, publisher: Profile) -> None:
        sell(database, publisher)
        make(database, publisher, HALF)
        end(database, publisher, "autumn")
        make(database, publisher, HALF)
        assert standing_word(made(database, publisher)[0], NOW) == "running"


class TestAnOfferInWords:
    @pytest.mark.parametrize(
        ("offer", "words"),
        [
            (HALF, "50% off for 3 months"),
            (replace(HALF, months=1), "50% off for 1 month"),
            (SPRING, "30% off the first payment"),
            (replace(SPRING, duration=Duration.FOREVER), "30% off for good"),
        ],
    )
    def test_says_its_terms(self, database: Database, publisher: Profile, offer: NewOffer, words: str) -> None:
        sell(database, publisher)
        make(database, publisher, offer)
        assert described(made(database, publisher)[0], "en") == words

    def test_says_its_amount(self) -> None:
        offer = Offer(amount_off_minor=300, currency="EUR", duration=Duration.REPEATING, months=3)
        assert described(offer, "en") == "€3.00 off for 3 months"

    def test_that_begins_later_is_to_come(self) -> None:
        assert standing_word(Offer(starts_at=NOW + timedelta(days=1)), NOW) == "to come"


def bring(shop: Shop, *, dry_run: bool = False) -> list[str]:
    return set_up_stripe(shop.database, shop.gateway, shop.publisher, None, dry_run=dry_run).changes


def start(shop: Shop, offer: NewOffer) -> None:
    make(shop.database, shop.publisher, offer, shop.time.now())


def codes(shop: Shop) -> list[dict[str, Any]]:
    return list(shop.gateway.ask_all(lambda v1: v1.promotion_codes.list({"limit": 100})))


class TestOffersAtStripe:
    def test_become_coupons_for_the_plan_alone(self, shop: Shop) -> None:
        start(shop, HALF)
        assert bring(shop) == [f"create coupon {COUPON}"]
        coupon = shop.gateway.ask(lambda v1: v1.coupons.retrieve(COUPON))
        assert (coupon["percent_off"], coupon["duration"], coupon["duration_in_months"]) == (50.0, "repeating", 3)
        assert coupon["applies_to"] == {"products": ["paywall_news_digital"]}

    def test_of_an_amount_name_their_currency(self, shop: Shop) -> None:
        start(shop, replace(HALF, percent_off=None, amount_off=Money(300, "AZN")))
        assert bring(shop) == ["create coupon paywall_news_digital_autumn_300azn_3m"]
        coupon = shop.gateway.ask(lambda v1: v1.coupons.retrieve("paywall_news_digital_autumn_300azn_3m"))
        assert (coupon["amount_off"], coupon["currency"]) == (300, "azn")

    def test_with_a_code_become_promotion_codes_too(self, shop: Shop) -> None:
        last = shop.time.now() + timedelta(days=9)
        start(shop, replace(SPRING, ends_at=last))
        assert bring(shop) == ["create coupon paywall_news_digital_spring_30pct_once", "create code SPRING"]
        (code,) = codes(shop)
        assert (code["code"], code["active"], code["max_redemptions"]) == ("SPRING", True, 100)
        assert code["promotion"]["coupon"] == "paywall_news_digital_spring_30pct_once"
        assert code["expires_at"] == int(last.timestamp())

    @pytest.mark.parametrize("offer", [HALF, SPRING])
    def test_are_brought_once(self, shop: Shop, offer: NewOffer) -> None:
        start(shop, offer)
        bring(shop)
        assert bring(shop) == []

    @pytest.mark.parametrize("offer", [HALF, SPRING])
    def test_in_a_dry_run_are_told_of_and_left_alone(self, shop: Shop, offer: NewOffer) -> None:
        start(shop, offer)
        told = bring(shop, dry_run=True)
        assert codes(shop) == []
        assert bring(shop) == told

    def test_that_have_ended_lose_their_code_and_leave_the_coupon_to_who_has_it(self, shop: Shop) -> None:
        start(shop, SPRING)
        bring(shop)
        end(shop.database, shop.publisher, "spring")
        assert bring(shop) == ["switch off code SPRING"]
        assert [code["active"] for code in codes(shop)] == [False]
        assert shop.gateway.ask(lambda v1: v1.coupons.retrieve("paywall_news_digital_spring_30pct_once"))["valid"]
        assert bring(shop) == []

    def test_that_are_taken_up_again_have_their_code_switched_on(self, shop: Shop) -> None:
        start(shop, SPRING)
        bring(shop)
        end(shop.database, shop.publisher, "spring")
        bring(shop)
        start(shop, SPRING)
        assert bring(shop) == ["switch on code SPRING"]
        assert len(codes(shop)) == 1

    def test_on_new_terms_are_new_coupons_under_the_same_code(self, shop: Shop) -> None:
        start(shop, SPRING)
        bring(shop)
        start(shop, replace(SPRING, percent_off=40))
        assert bring(shop) == [
            "switch off code SPRING",
            "create coupon paywall_news_digital_spring_40pct_once",
            "create code SPRING",
        ]
        (living,) = [code for code in codes(shop) if code["active"]]
        assert living["promotion"]["coupon"] == "paywall_news_digital_spring_40pct_once"

    def test_whose_code_is_used_up_are_left_alone(self, shop: Shop) -> None:
        start(shop, replace(SPRING, max_redemptions=1))
        bring(shop)
        customer = shop.gateway.create_customer(email="a@example.org", metadata={}, idempotency_key="k")["id"]
        method = shop.gateway.ask(lambda v1: v1.payment_methods.attach("pm_card_visa", {"customer": customer}))["id"]
        params: Any = {
            "customer": customer,
            "default_payment_method": method,
            "items": [{"price": shop.gateway.find_prices([MONTHLY])[MONTHLY]["id"]}],
            "discounts": [{"promotion_code": codes(shop)[0]["id"]}],
        }
        shop.gateway.ask(lambda v1: v1.subscriptions.create(params))
        assert codes(shop)[0]["active"] is False
        assert bring(shop) == []

    def test_whose_code_belongs_to_another_service_say_so(self, shop: Shop) -> None:
        shop.gateway.ask(lambda v1: v1.coupons.create({"id": "mugs", "percent_off": 5, "duration": "once"}))
        theirs: Any = {"code": "SPRING", "promotion": {"type": "coupon", "coupon": "mugs"}}
        shop.gateway.ask(lambda v1: v1.promotion_codes.create(theirs))
        start(shop, SPRING)
        with pytest.raises(CodeTaken, match="SPRING"):
            bring(shop)


class TestTaxesAtStripe:
    plan = replace(DIGITAL, tax_basis_points=1800)

    def rates(self, shop: Shop) -> list[dict[str, Any]]:
        return list(shop.gateway.ask_all(lambda v1: v1.tax_rates.list({"limit": 100})))

    def test_are_one_rate_that_every_price_names(self, shop: Shop) -> None:
        sell(shop.database, shop.publisher, self.plan)
        assert bring(shop)[0] == "create tax rate 18 %"
        (rate,) = self.rates(shop)
        assert (rate["percentage"], rate["inclusive"]) == (18.0, True)
        price = shop.gateway.find_prices([MONTHLY])[MONTHLY]
        assert price["metadata"] == {
            "paywall_price": MONTHLY,
            "paywall_tax": "18",
            "paywall_tax_rate": rate["id"],
        }
        assert bring(shop) == []

    def test_are_shared_by_plans(self, shop: Shop) -> None:
        sell(shop.database, shop.publisher, self.plan)
        sell(shop.database, shop.publisher, replace(self.plan, slug="patron"))
        bring(shop)
        assert len(self.rates(shop)) == 1

    def test_that_change_leave_amounts_and_price_ids_as_they_are(self, shop: Shop) -> None:
        sell(shop.database, shop.publisher, self.plan)
        bring(shop)
        before = shop.gateway.find_prices([MONTHLY])[MONTHLY]
        sell(shop.database, shop.publisher, replace(self.plan, tax_basis_points=0))
        assert bring(shop) == ["change price news:digital:month:azn", "change price news:digital:year:azn"]
        after = shop.gateway.find_prices([MONTHLY])[MONTHLY]
        assert (after["id"], after["metadata"]) == (before["id"], {"paywall_price": MONTHLY})

    def test_in_a_dry_run_are_told_of_and_left_alone(self, shop: Shop) -> None:
        sell(shop.database, shop.publisher, self.plan)
        told = bring(shop, dry_run=True)
        assert self.rates(shop) == []
        assert bring(shop) == told


class TestAPriceRise:
    dearer = replace(DIGITAL, prices=(NewPrice(Interval.MONTH, Money(599, "AZN")), DIGITAL.prices[1]))

    def test_leaves_the_old_price_knowing_what_it_was_made_for(self, shop: Shop) -> None:
        before = shop.gateway.find_prices([MONTHLY])[MONTHLY]
        sell(shop.database, shop.publisher, self.dearer)
        bring(shop)
        old = shop.gateway.ask(lambda v1: v1.prices.retrieve(before["id"]))
        assert (old["active"], old["lookup_key"], old["metadata"]) == (False, None, {"paywall_price": MONTHLY})
