"""Coupons, promotion codes, and the discounts they become: how much, how often, until when, for whom."""

from typing import Any

import pytest
import stripe

from paywall.sandbox.billing.invoices.amounts import Terms, net_of, reckon
from tests.sandbox.conftest import DECLINED_CARD, Shop, Time, page_of, types_of
from tests.sandbox.test_lifecycle import subscribe_by_api


def coupon(shop: Shop, **more: Any) -> Any:
    return shop.client.v1.coupons.create(more or {"percent_off": 50, "duration": "once"})


def code(shop: Shop, of: Any, **more: Any) -> Any:
    promotion = {"type": "coupon", "coupon": of.id}
    return shop.client.v1.promotion_codes.create({"promotion": promotion, "code": "WELCOME", **more})


def totals(shop: Shop, time: Time, months: int) -> list[int]:
    """Return what the first invoice and so many renewals came to."""
    time.move(days=31 * months, hours=2)
    return [one.total for one in shop.client.v1.invoices.list({"limit": 100}).data][::-1][: months + 1]


class TestACoupon:
    def test_is_made_renamed_listed_and_deleted(self, shop: Shop) -> None:
        made = coupon(shop, percent_off=25.5, duration="repeating", duration_in_months=3, id="SPRING", name="Spring")
        assert (made.id, made.percent_off, made.duration_in_months, made.valid) == ("SPRING", 25.5, 3, True)
        assert shop.client.v1.coupons.update("SPRING", {"name": "May"}).name == "May"
        assert [one.id for one in shop.client.v1.coupons.list().data] == ["SPRING"]
        assert shop.client.v1.coupons.delete("SPRING").deleted
        with pytest.raises(stripe.InvalidRequestError, match="No such coupon"):
            shop.client.v1.coupons.retrieve("SPRING")

    @pytest.mark.parametrize(
        ("wrong", "param"),
        [
            ({"duration": "once"}, "percent_off"),
            ({"percent_off": 10, "amount_off": 5, "currency": "eur"}, "percent_off"),
            ({"amount_off": 5}, "currency"),
            ({"percent_off": 101}, "percent_off"),
            ({"percent_off": 0}, "percent_off"),
            ({"percent_off": 5, "duration": "repeating"}, "duration_in_months"),
            ({"percent_off": 5, "redeem_by": 1}, "redeem_by"),
        ],
    )
    def test_that_says_too_little_or_too_much_is_refused(self, shop: Shop, wrong: Any, param: str) -> None:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            coupon(shop, **wrong)
        assert caught.value.param == param

    def test_is_invalid_after_its_last_redemption(self, shop: Shop) -> None:
        once = coupon(shop, percent_off=10, duration="once", max_redemptions=1)
        subscribe_by_api(shop, discounts=[{"coupon": once.id}])
        used = shop.client.v1.coupons.retrieve(once.id)
        assert (used.times_redeemed, used.valid) == (1, False)
        with pytest.raises(stripe.InvalidRequestError, match="expired") as caught:
            subscribe_by_api(shop, discounts=[{"coupon": once.id}])
        assert caught.value.code == "coupon_expired"

    def test_is_invalid_after_its_last_day(self, shop: Shop, time: Time) -> None:
        made = coupon(shop, percent_off=10, duration="once", redeem_by=time.seconds + 60)
        time.move(seconds=60)
        assert shop.client.v1.coupons.retrieve(made.id).valid is False

    def test_of_another_currency_cannot_be_given(self, shop: Shop) -> None:
        dollars = coupon(shop, amount_off=100, currency="usd", duration="once")
        with pytest.raises(stripe.InvalidRequestError, match="currency"):
            subscribe_by_api(shop, discounts=[{"coupon": dollars.id}])


class TestADiscount:
    def test_once_is_for_the_first_invoice(self, shop: Shop, time: Time) -> None:
        made = subscribe_by_api(shop, discounts=[{"coupon": coupon(shop).id}])
        assert made.discounts == []
        assert "customer.discount.deleted" in types_of(shop.client)
        assert totals(shop, time, 2) == [249, 499, 499]

    def test_once_waits_for_the_first_charge_after_a_trial(self, shop: Shop, time: Time) -> None:
        subscribe_by_api(shop, discounts=[{"coupon": coupon(shop).id}], trial_period_days=7)
        assert totals(shop, time, 2) == [0, 249, 499]

    def test_for_some_months_ends_with_them(self, shop: Shop, time: Time) -> None:
        three = coupon(shop, amount_off=200, currency="eur", duration="repeating", duration_in_months=2)
        made = subscribe_by_api(shop, discounts=[{"coupon": three.id}], expand=["discounts"])
        assert made.discounts[0].end == int(time.at.replace(year=2027, month=1).timestamp())
        assert totals(shop, time, 3) == [299, 299, 499, 499]

    def test_forever_stays(self, shop: Shop, time: Time) -> None:
        subscribe_by_api(shop, discounts=[{"coupon": coupon(shop, percent_off=10, duration="forever").id}])
        assert totals(shop, time, 2) == [449, 449, 449]

    def test_is_on_the_invoice_and_its_line(self, shop: Shop) -> None:
        made = subscribe_by_api(shop, discounts=[{"coupon": coupon(shop).id}])
        invoice = shop.client.v1.invoices.retrieve(str(made.latest_invoice), {"expand": ["discounts"]})
        discount = invoice.discounts[0]
        assert (invoice.subtotal, invoice.total, invoice.amount_paid) == (499, 249, 249)
        assert [(one.amount, one.discount) for one in invoice.total_discount_amounts] == [(250, discount.id)]
        assert invoice.lines.data[0].discount_amounts[0].amount == 250
        assert (discount.source.type, discount.subscription) == ("coupon", made.id)

    def test_is_deleted_on_request(self, shop: Shop, time: Time) -> None:
        made = subscribe_by_api(shop, discounts=[{"coupon": coupon(shop, percent_off=10, duration="forever").id}])
        assert shop.client.v1.subscriptions.delete_discount(made.id).deleted
        assert "customer.discount.deleted" in types_of(shop.client)
        assert totals(shop, time, 1) == [449, 499]

    def test_of_more_than_the_price_leaves_nothing_to_pay(self, shop: Shop) -> None:
        much = coupon(shop, amount_off=9_999, currency="eur", duration="once")
        made = subscribe_by_api(shop, discounts=[{"coupon": much.id}])
        assert made.status == "active"
        assert shop.client.v1.invoices.list().data[0].total == 0
        assert shop.client.v1.payment_intents.list().data == []

    def test_may_be_given_later_kept_and_taken_away(self, shop: Shop, time: Time) -> None:
        made = subscribe_by_api(shop)
        ten = coupon(shop, percent_off=10, duration="forever")
        update = shop.client.v1.subscriptions.update
        given = update(made.id, {"discounts": [{"coupon": ten.id}]}).discounts
        assert update(made.id, {"discounts": [{"discount": given[0]}]}).discounts == given
        assert totals(shop, time, 1) == [499, 449]
        assert update(made.id, {"discounts": ""}).discounts == []

    def test_is_taken_off_before_tax(self, shop: Shop) -> None:
        vat = shop.client.v1.tax_rates.create({"display_name": "VAT", "percentage": 19, "inclusive": True})
        made = subscribe_by_api(shop, discounts=[{"coupon": coupon(shop).id}], default_tax_rates=[vat.id])
        invoice = shop.client.v1.invoices.retrieve(str(made.latest_invoice))
        assert (invoice.total, invoice.total_taxes[0].amount, invoice.total_excluding_tax) == (249, 40, 209)


class TestAPromotionCode:
    def test_is_made_found_by_its_letters_and_switched_off(self, shop: Shop) -> None:
        made = code(shop, coupon(shop))
        assert (made.active, made.promotion.type, made.times_redeemed) == (True, "coupon", 0)
        assert [one.id for one in shop.client.v1.promotion_codes.list({"code": "WELCOME"}).data] == [made.id]
        assert shop.client.v1.promotion_codes.update(made.id, {"active": False}).active is False
        expanded = shop.client.v1.promotion_codes.retrieve(made.id, {"expand": ["promotion.coupon"]})
        assert expanded.promotion.coupon.percent_off == 50

    def test_is_there_once_whatever_its_case(self, shop: Shop) -> None:
        code(shop, coupon(shop))
        with pytest.raises(stripe.InvalidRequestError, match="already exists"):
            code(shop, coupon(shop), code="welcome")

    def test_is_switched_off_after_its_last_redemption_and_its_last_day(self, shop: Shop, time: Time) -> None:
        single = code(shop, coupon(shop), max_redemptions=1)
        subscribe_by_api(shop, discounts=[{"promotion_code": single.id}])
        used = shop.client.v1.promotion_codes.retrieve(single.id)
        assert (used.active, used.times_redeemed) == (False, 1)
        short = code(shop, coupon(shop), expires_at=time.seconds + 60)
        time.move(seconds=60)
        assert shop.client.v1.promotion_codes.retrieve(short.id).active is False

    def test_for_first_orders_is_refused_to_who_has_paid(self, shop: Shop) -> None:
        first = code(shop, coupon(shop), restrictions={"first_time_transaction": True})
        made = subscribe_by_api(shop, discounts=[{"promotion_code": first.id}])
        with pytest.raises(stripe.InvalidRequestError, match="prior transactions"):
            shop.client.v1.subscriptions.create(
                {
                    "customer": str(made.customer),
                    "items": [{"price": shop.price.id}],
                    "discounts": [{"promotion_code": first.id}],
                }
            )


class TestCheckout:
    def test_with_a_coupon_shows_and_takes_the_lower_price(self, shop: Shop) -> None:
        half = coupon(shop)
        session = shop.session(shop.customer(), discounts=[{"coupon": half.id}])
        assert (session.amount_subtotal, session.amount_total, session.total_details.amount_discount) == (499, 249, 250)
        assert session.discounts[0].coupon == half.id
        assert "Discount" in shop.browser.get(page_of(session)).text
        shop.pay(session)
        assert shop.client.v1.charges.list().data[0].amount == 249
        assert shop.client.v1.coupons.retrieve(half.id).times_redeemed == 1

    def test_takes_a_coupon_or_the_field_for_a_code_not_both(self, shop: Shop) -> None:
        with pytest.raises(stripe.InvalidRequestError, match="allow_promotion_codes, discounts"):
            shop.session(shop.customer(), discounts=[{"coupon": coupon(shop).id}], allow_promotion_codes=True)

    def test_takes_a_code_typed_on_the_page(self, shop: Shop) -> None:
        welcome = code(shop, coupon(shop))
        session = shop.session(shop.customer(), allow_promotion_codes=True)
        assert "Promotion code" in shop.browser.get(page_of(session)).text
        page = shop.browser.post(page_of(session), data={"promotion_code": " welcome "})
        assert (page.status_code, "€2.49" in page.text) == (200, True)
        assert shop.client.v1.checkout.sessions.retrieve(session.id).amount_total == 249
        shop.pay(session)
        assert shop.client.v1.charges.list().data[0].amount == 249
        done = shop.client.v1.checkout.sessions.retrieve(session.id)
        assert done.discounts[0].promotion_code == welcome.id
        assert shop.client.v1.promotion_codes.retrieve(welcome.id).times_redeemed == 1

    def test_says_that_a_code_is_none(self, shop: Shop) -> None:
        session = shop.session(shop.customer(), allow_promotion_codes=True)
        page = shop.browser.post(page_of(session), data={"promotion_code": "<b>"})
        assert (page.status_code, "This code is invalid." in page.text) == (402, True)
        assert shop.client.v1.checkout.sessions.retrieve(session.id).amount_total == 499

    def test_holds_to_a_coupon_that_is_deleted_before_it_is_paid(self, shop: Shop) -> None:
        half = coupon(shop)
        session = shop.session(shop.customer(), discounts=[{"coupon": half.id}])
        shop.client.v1.coupons.delete(half.id)
        assert shop.pay(session).status_code == 303
        assert shop.client.v1.invoices.list().data[0].amount_paid == 249

    @pytest.mark.parametrize(("least", "status"), [(499, 200), (500, 402)])
    def test_takes_a_code_from_the_amount_it_asks_for_also_in_a_trial(
        self, shop: Shop, least: int, status: int
    ) -> None:
        code(shop, coupon(shop), restrictions={"minimum_amount": least, "minimum_amount_currency": "eur"})
        data = {"trial_period_days": 7}
        session = shop.session(shop.customer(), allow_promotion_codes=True, subscription_data=data)
        assert shop.browser.post(page_of(session), data={"promotion_code": "WELCOME"}).status_code == status

    def test_takes_no_code_where_none_is_asked_for(self, shop: Shop) -> None:
        code(shop, coupon(shop))
        session = shop.session(shop.customer())
        shop.browser.post(page_of(session), data={"promotion_code": "WELCOME"})
        assert shop.client.v1.checkout.sessions.retrieve(session.id).amount_total == 499

    def test_takes_the_code_after_a_declined_card_too(self, shop: Shop) -> None:
        code(shop, coupon(shop))
        session = shop.session(shop.customer(), allow_promotion_codes=True)
        shop.pay(session, DECLINED_CARD)
        shop.browser.post(page_of(session), data={"promotion_code": "WELCOME"})
        shop.pay(session)
        assert [(one.amount, one.status) for one in shop.client.v1.charges.list().data] == [
            (249, "succeeded"),
            (499, "failed"),
        ]


class TestTheShares:
    def test_of_an_amount_add_up_whatever_the_lines(self) -> None:
        lines: list[dict[str, Any]] = [{"amount": amount, "discountable": True} for amount in (333, 333, 334, 1)]
        off = {"percent_off": None, "amount_off": 100}
        sums = reckon(lines, Terms([("di_1", off)]))
        assert sums["total"] == 1001 - 100
        assert sum(net_of(line) for line in lines) == 901

    def test_leave_alone_what_is_not_discountable(self) -> None:
        lines: list[dict[str, Any]] = [{"amount": 500, "discountable": False}, {"amount": 500, "discountable": True}]
        sums = reckon(lines, Terms([("di_1", {"percent_off": 50.0, "amount_off": None})]))
        assert sums["total"] == 750
