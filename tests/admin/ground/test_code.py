"""A form that the question for the second factor interrupts goes on by itself: for its member, and for a while."""

from datetime import timedelta

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from paywall import clock
from paywall.app import Product
from paywall.readers.ending import end_sign_ins
from paywall.staff.acts import new_act
from paywall.staff.rules import Role
from tests.admin.ground.carried import carried, goes_on
from tests.readers.browser import PASSWORD, Browser
from tests.readers.stored import mails
from tests.staff.people import Person, deeds, member, person

INVITE = "/admin/staff/invitations"


@pytest.fixture
def admin(product: Product) -> Person:
    """An admin who has just signed in, and has not been asked for the code."""
    somebody = person(product, "admin@example.com")
    somebody.join(Role.ADMIN)
    somebody.set_up()
    return somebody


def invites(admin: Person, **fields: str) -> TestResponse:
    form = {"act": new_act(), "email": "new@example.com", "role": "viewer", **fields}
    return admin.browser.post(INVITE, form, headers={"Referer": "https://news.test/admin/staff"})


def waiting(admin: Person) -> MultiDict[str, str]:
    return carried(invites(admin), "again_code")


class TestAFormInterruptedByTheSecondFactor:
    def test_does_nothing_before(self, product: Product, admin: Person) -> None:
        assert invites(admin).status_code == 200
        assert (mails(product, "staff_invitation"), deeds(product, "staff_invited")) == ([], [])

    def test_goes_on_with_what_was_typed(self, product: Product, admin: Person) -> None:
        answer = goes_on(admin, INVITE, waiting(admin), again_code=admin.code())
        assert (answer.status_code, answer.location) == (303, "/admin/staff")
        done = ("staff_invited", "second_factor_shown")
        assert (len(mails(product, "staff_invitation")), *(len(deeds(product, one)) for one in done)) == (1, 1, 1)

    def test_is_not_lost_by_a_wrong_code(self, product: Product, admin: Person) -> None:
        first = waiting(admin)
        answer = goes_on(admin, INVITE, first, again_code="000000")
        assert (answer.status_code, "This is not the code of this moment" in answer.text) == (422, True)
        assert deeds(product, "staff_invited") == []
        again = carried(answer, "again_code")
        first.pop("csrf_token"), again.pop("csrf_token")
        assert again == first

    def test_sent_twice_is_done_once(self, product: Product, admin: Person) -> None:
        fields, code = waiting(admin), admin.code()
        answers = [goes_on(admin, INVITE, fields, again_code=code) for _ in range(2)]
        assert [answer.location for answer in answers] == ["/admin/staff", "/admin/staff"]
        assert len(deeds(product, "staff_invited")) == 1

    def test_goes_on_through_the_password_too(self, product: Product, admin: Person) -> None:
        admin.password_was_given(11)
        asks = goes_on(admin, INVITE, waiting(admin), again_code=admin.code())
        assert goes_on(admin, INVITE, carried(asks), again_password=PASSWORD).location == "/admin/staff"
        assert len(deeds(product, "staff_invited")) == 1

    def test_is_told_so_where_there_is_no_second_factor_yet(self, product: Product) -> None:
        somebody = person(product, "admin@example.com")
        somebody.join(Role.ADMIN)
        assert invites(somebody).location == "/admin/second-factor?next=/admin/staff"

    def test_does_not_get_further_than_its_role(self, product: Product) -> None:
        support = person(product, "support@example.com")
        support.join(Role.SUPPORT)
        support.set_up()
        assert goes_on(support, INVITE, waiting(support), again_code=support.code()).status_code == 403

    def test_the_tenth_guess_is_the_last(self, admin: Person) -> None:
        fields = waiting(admin)
        guesses = [goes_on(admin, INVITE, fields, again_code="000000").status_code for _ in range(11)]
        assert guesses == [422] * 10 + [429]


class TestWhatIsCarriedPastTheSecondFactor:
    def test_is_not_done_after_fifteen_minutes_and_that_is_said(
        self, product: Product, admin: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fields, now = waiting(admin), clock.wall()
        monkeypatch.setattr(clock, "wall", lambda: now + timedelta(minutes=16))
        answer = goes_on(admin, INVITE, fields, again_code=admin.code())
        assert (answer.status_code, answer.location, deeds(product, "staff_invited")) == (303, "/admin/staff", [])
        assert "had waited too long and was not done" in admin.browser.get("/admin/staff").text

    def test_is_of_no_use_to_another_member(self, product: Product, admin: Person) -> None:
        other = person(product, "other@example.com")
        other.join(Role.ADMIN)
        other.set_up()
        theirs = waiting(other)
        theirs["again_seal"] = waiting(admin)["again_seal"]
        goes_on(other, INVITE, theirs, again_code=other.code())
        assert deeds(product, "staff_invited") == []

    @pytest.mark.parametrize("seal", ["x", "\0", "a.b.c.d.e"])
    def test_is_not_done_with_a_seal_that_was_made_up(self, product: Product, admin: Person, seal: str) -> None:
        fields = waiting(admin)
        fields["again_seal"] = seal
        goes_on(admin, INVITE, fields, again_code=admin.code())
        assert (deeds(product, "staff_invited"), mails(product, "staff_invitation")) == ([], [])

    def test_is_never_what_another_site_has_sent(self, admin: Person) -> None:
        answer = admin.browser.client.post(INVITE, data={"email": "a@example.com"}, base_url="https://news.test")
        assert (answer.status_code, "again_code" in answer.text) == (400, False)


class TestAFormWhoseSignInHasEnded:
    def test_is_said_not_to_be_done_once_somebody_is_signed_in(self, product: Product) -> None:
        viewer = member(product, Role.VIEWER)
        with product.database.writing() as session:
            end_sign_ins(session, viewer.reader_id)
        form = {"act": new_act(), "note": "kept nowhere"}
        answer = viewer.browser.post(
            "/admin/me/sign-ins/1/end", form, headers={"Referer": "https://news.test/admin/me"}
        )
        assert answer.location == "/login?next=/admin/not-done%3Fpage%3D/admin/me"
        back = viewer.browser.log_in("viewer@example.com", next="/admin/not-done?page=/admin/me").location
        page = viewer.browser.get(back).text
        assert ("Your form was not done" in page, 'href="/admin/me"' in page) == (True, True)

    def test_is_led_to_the_sign_in_page_also_where_its_cookie_is_gone(self, product: Product) -> None:
        browser = Browser(product.flask)
        answer = browser.client.post(INVITE, data={"csrf_token": "old"}, base_url="https://news.test")
        assert answer.location == "/login?next=/admin/not-done%3Fpage%3D/admin"

    def test_is_a_bad_request_where_the_host_is_no_newspapers(self, product: Product) -> None:
        browser = Browser(product.flask, "nobodys.test")
        answer = browser.client.post(INVITE, data={"csrf_token": "old"}, base_url="https://nobodys.test")
        assert answer.status_code == 400

    @pytest.mark.parametrize("page", ["https://evil.example", "//evil.example", "/account", "javascript:alert(1)"])
    def test_leads_to_no_page_but_ours(self, product: Product, page: str) -> None:
        viewer = member(product, Role.VIEWER)
        assert 'class="button" href="/admin"' in viewer.browser.get(f"/admin/not-done?page={page}").text
