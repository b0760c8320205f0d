"""The publisher's hand on one article."""

import pytest

from paywall.app import Product
from paywall.staff.rules import Role
from tests.admin.at_once import send_at_once
from tests.admin.content.shelf import article, put
from tests.staff.people import Person, deeds, member

FORM = {"access": "subscribers", "free_first_hours": "", "free_after_hours": "720", "withdrawn_at": ""}


@pytest.fixture
def admin(product: Product) -> Person:
    return member(product, Role.ADMIN)


class TestAnArticle:
    def test_is_changed_and_the_change_is_on_record(self, admin: Person) -> None:
        number = put(admin.product, "one")
        assert admin.act(f"/admin/articles/{number}", FORM).status_code == 303
        found = article(admin.product, number)
        assert (found.access, found.free_after_hours) == ("subscribers", 720)
        [deed] = deeds(admin.product, "article_changed")
        assert deed.detail["before"] == {"access": "metered", "free_after_hours": None}

    def test_sent_by_four_tabs_at_once_is_changed_once(self, admin: Person) -> None:
        number = put(admin.product, "one")
        assert set(send_at_once(admin, f"/admin/articles/{number}", FORM)) == {303}
        assert len(deeds(admin.product, "article_changed")) == 1

    def test_that_stays_as_it_is_leaves_no_trace(self, admin: Person) -> None:
        number = put(admin.product, "one")
        version = article(admin.product, number).version
        admin.act(f"/admin/articles/{number}", {"access": "metered"})
        assert (article(admin.product, number).version, deeds(admin.product, "article_changed")) == (version, [])

    def test_that_is_withdrawn_is_gone_at_once(self, admin: Person) -> None:
        number = put(admin.product, "one")
        admin.act(f"/admin/articles/{number}", {**FORM, "withdrawn_at": "2020-01-01T10:00"})
        slug = article(admin.product, number).slug
        assert admin.browser.get(f"/articles/{slug}").status_code == 410

    def test_under_embargo_opens_in_the_publishers_own_time(self, admin: Person) -> None:
        number = put(admin.product, "one")
        admin.act(f"/admin/articles/{number}", {**FORM, "embargoed_until": "2099-05-01T10:00"})
        assert article(admin.product, number).opens_at.isoformat() == "2099-05-01T10:00:00+00:00"
        assert 'value="2099-05-01T10:00"' in admin.browser.get(f"/admin/articles/{number}").text

    def test_is_not_touched_by_what_cannot_be_taken(self, admin: Person) -> None:
        for wrong in [
            {"access": "secret"},
            {"free_first_hours": "-1"},
            {"free_after_hours": "99999999999999999999"},
            {"withdrawn_at": "tomorrow"},
            {"embargoed_until": "0001-01-01T00:00"},
        ]:
            number = put(admin.product, "one")
            answer = admin.act(f"/admin/articles/{number}", {**FORM, **wrong})
            assert (answer.status_code, 'class="field-error"' in answer.text) == (422, True), wrong
            assert article(admin.product, number).access == "metered"

    def test_of_another_newspaper_is_not_there(self, admin: Person) -> None:
        number = put(admin.product, "theirs", slug="other")
        assert admin.browser.get(f"/admin/articles/{number}").status_code == 404
        assert admin.act(f"/admin/articles/{number}", FORM).status_code == 404
        assert article(admin.product, number).access == "metered"
