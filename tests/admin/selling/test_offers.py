"""Offers, made and ended by an admin, here and at Stripe."""

from paywall.billing.catalogue.offers import Offer, offers_of
from tests.admin.at_once import send_at_once
from tests.billing.shop import Shop
from tests.staff.people import Person, deeds

PATH = "/admin/offers/new"
FORM = {"slug": "spring", "plan": "digital", "percent": "50", "duration": "repeating", "months": "3", "code": "SPRING"}


def offers(shop: Shop) -> list[Offer]:
    with shop.database.reading() as session:
        return offers_of(session, shop.publisher.id)


def codes(shop: Shop) -> list[str]:
    """Return the codes that are active at Stripe."""
    return [one["code"] for one in shop.gateway.ask_all(lambda v1: v1.promotion_codes.list({"active": True}))]


class TestAnOffer:
    def test_is_made_here_and_at_stripe(self, admin: Person, shop: Shop) -> None:
        assert admin.act(PATH, FORM).status_code == 303
        assert [(one.slug, one.percent_off, one.months) for one in offers(shop)] == [("spring", 50, 3)]
        assert codes(shop) == ["SPRING"]
        assert "50% off for 3 months" in admin.browser.get("/admin/offers").text

    def test_is_made_once_by_four_tabs(self, admin: Person, shop: Shop) -> None:
        assert set(send_at_once(admin, PATH, FORM)) == {303}
        assert (len(offers(shop)), len(deeds(shop.product, "offer_set_up"))) == (1, 1)

    def test_ends_once_and_its_code_is_switched_off(self, admin: Person, shop: Shop) -> None:
        admin.act(PATH, FORM)
        assert set(send_at_once(admin, "/admin/offers/spring/end", {})) == {303}
        assert codes(shop) == []
        assert len(deeds(shop.product, "offer_ended")) == 1

    def test_without_a_code_is_everybodys_from_the_first_day_to_the_last(self, admin: Person, shop: Shop) -> None:
        days = {"code": "", "from": "2099-03-01", "until": "2099-03-31"}
        assert admin.act(PATH, {**FORM, **days}).status_code == 303
        [one] = offers(shop)
        assert [at and at.isoformat()[:16] for at in (one.starts_at, one.ends_at)] == [
            "2099-02-28T20:00",
            "2099-03-31T20:00",
        ]

    def test_is_not_made_of_what_cannot_be_taken(self, admin: Person, shop: Shop) -> None:
        for wrong in [
            {"slug": "Spring!"},
            {"plan": "none"},
            {"percent": "101"},
            {"percent": ""},
            {"amount": "1", "currency": "AZN"},
            {"percent": "", "amount": "9.99", "currency": "AZN"},
            {"percent": "", "amount": "1", "currency": "EUR"},
            {"duration": "always"},
            {"months": ""},
            {"code": "x"},
            {"until": "soon"},
            {"until": "2001-01-01"},
            {"limit": "0"},
        ]:
            answer = admin.act(PATH, {**FORM, **wrong})
            assert (answer.status_code, 'class="field-error"' in answer.text) == (422, True), wrong
            assert (offers(shop), shop.writes()) == ([], [])
