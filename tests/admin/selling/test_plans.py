"""Plans and their prices, changed by an admin, here and at Stripe."""

from paywall.billing.catalogue.plans import prices_of
from paywall.staff.rules import Role
from tests.admin.at_once import send_at_once
from tests.billing.shop import MONTHLY, Shop
from tests.staff.people import Person, code_in, deeds, member

PATH = "/admin/offers/plans"
FORM = {
    "slug": "digital",
    "name": "Digital",
    "description": "Everything.",
    "prices": "5.49/month:AZN 4.99/month:EUR",
    "trial_days": "7",
    "grace_days": "10",
    "tax": "18",
    "tax_note": "incl. 18% VAT",
}


def sold(shop: Shop) -> dict[str, int]:
    with shop.database.reading() as session:
        return {price.lookup_key: price.amount_minor for price in prices_of(session, shop.publisher.id)}


class TestAPlan:
    def test_gets_its_prices_here_and_at_stripe(self, admin: Person, shop: Shop) -> None:
        assert admin.act(PATH, FORM).status_code == 303
        assert sold(shop) == {MONTHLY: 549, "news:digital:month:eur": 499}
        assert shop.gateway.find_prices([MONTHLY])[MONTHLY]["unit_amount"] == 549
        assert "Stripe has it" in admin.browser.get("/admin/offers").text

    def test_is_on_record_with_what_it_cost_before(self, admin: Person, shop: Shop) -> None:
        admin.act(PATH, FORM)
        [deed] = deeds(shop.product, "plan_set_up")
        assert deed.detail["before"] == ["4.99/month:AZN", "49.90/year:AZN"]
        assert deed.detail["after"] == ["5.49/month:AZN", "4.99/month:EUR"]

    def test_is_changed_once_by_four_tabs(self, admin: Person, shop: Shop) -> None:
        assert set(send_at_once(admin, PATH, FORM)) == {303}
        assert len(deeds(shop.product, "plan_set_up")) == 1

    def test_shows_itself_in_the_form_as_it_may_be_sent_again(self, admin: Person, shop: Shop) -> None:
        page = admin.browser.get(f"{PATH}/digital").text
        assert 'value="4.99/month:AZN 49.90/year:AZN"' in page
        admin.act(PATH, {**FORM, "prices": "4.99/month:AZN 49.90/year:AZN", "trial_days": "0"})
        assert sold(shop)[MONTHLY] == 499

    def test_is_kept_where_stripe_is_away_and_brought_there_later(self, admin: Person, shop: Shop) -> None:
        shop.sandbox.faults.add("*", drop_before=True, times=None)
        assert admin.act(PATH, FORM).status_code == 303
        assert "not at Stripe yet" in admin.browser.get("/admin/offers").text
        shop.sandbox.faults.clear()
        assert sold(shop)[MONTHLY] == 549
        assert admin.act("/admin/offers/stripe").status_code == 303
        assert shop.gateway.find_prices([MONTHLY])[MONTHLY]["unit_amount"] == 549
        assert len(deeds(shop.product, "stripe_set_up")) == 1

    def test_stays_where_something_cannot_be_taken(self, admin: Person, shop: Shop) -> None:
        for wrong in [
            {"name": ""},
            {"slug": "No Such", "is_new": "yes"},
            {"prices": ""},
            {"prices": "4.99"},
            {"prices": "4.999/month:EUR"},
            {"prices": "4.99/month"},
            {"prices": "0/month:EUR"},
            {"trial_days": "-1"},
            {"grace_days": "61"},
            {"tax": "100"},
            {"tax_note": "x" * 101},
        ]:
            answer = admin.act(PATH, {**FORM, **wrong})
            assert (answer.status_code, 'class="field-error"' in answer.text) == (422, True), wrong
            assert (sold(shop)[MONTHLY], shop.writes()) == (499, [])

    def test_that_is_not_there_is_not_shown(self, admin: Person) -> None:
        for name in ["nothing", "%00", "%F0%9F%98%80"]:
            assert admin.browser.get(f"{PATH}/{name}").status_code == 404
            assert admin.act(f"/admin/offers/{name}/end").status_code == 404


class TestAPlanChangedByTwo:
    def test_shows_the_second_both_versions_before_anything_is_sold_otherwise(self, admin: Person, shop: Shop) -> None:
        other = member(shop.product, Role.ADMIN, "second@example.com")
        seen = code_in(other.browser.get(f"{PATH}/digital").text, "seen")
        assert admin.act(PATH, FORM).status_code == 303
        conflict = other.act(PATH, {**FORM, "seen": seen, "prices": "9.99/month:AZN"})
        assert conflict.status_code == 409
        assert ("5.49/month:AZN" in conflict.text, 'value="9.99/month:AZN"' in conflict.text) == (True, True)
        assert (sold(shop)[MONTHLY], len(deeds(shop.product, "plan_set_up"))) == (549, 1)
        seen = code_in(conflict.text, "seen")
        assert other.act(PATH, {**FORM, "seen": seen, "prices": "9.99/month:AZN"}).status_code == 303
        assert sold(shop) == {MONTHLY: 999}
