"""A form that the question for the password interrupts goes on by itself, with all that had been typed."""

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from paywall.app import Product
from paywall.staff.acts import new_act
from paywall.staff.rules import Role
from tests.admin.ground.carried import carried
from tests.admin.ground.carried import goes_on as answered
from tests.readers.browser import PASSWORD
from tests.readers.stored import mails
from tests.staff.people import Person, deeds, member

INVITE = "/admin/staff/invitations"
CODES = "/admin/me/recovery-codes"


@pytest.fixture
def admin(product: Product) -> Person:
    """An admin whose password was given eleven minutes ago."""
    admin = member(product, Role.ADMIN)
    admin.password_was_given(11)
    return admin


def invites(admin: Person, **fields: str) -> TestResponse:
    form = {"act": new_act(), "email": "new@example.com", "role": "viewer", **fields}
    return admin.browser.post(INVITE, form, headers={"Referer": "https://news.test/admin/staff"})


def goes_on(admin: Person, path: str, fields: MultiDict[str, str], password: str = PASSWORD) -> TestResponse:
    return answered(admin, path, fields, again_password=password)


class TestAFormInterruptedByThePassword:
    def test_it_does_nothing_before(self, product: Product, admin: Person) -> None:
        assert invites(admin).status_code == 200
        assert (mails(product, "staff_invitation"), deeds(product, "staff_invited")) == ([], [])

    def test_it_goes_on_with_what_was_typed(self, product: Product, admin: Person) -> None:
        answer = goes_on(admin, INVITE, carried(invites(admin)))
        assert (answer.status_code, answer.location) == (303, "/admin/staff")
        assert (len(mails(product, "staff_invitation")), len(deeds(product, "staff_invited"))) == (1, 1)

    def test_nobody_asks_again_for_ten_minutes(self, admin: Person) -> None:
        goes_on(admin, INVITE, carried(invites(admin)))
        assert invites(admin, email="another@example.com").status_code == 303

    def test_a_wrong_password_does_nothing_and_loses_nothing(self, product: Product, admin: Person) -> None:
        first = carried(invites(admin))
        answer = goes_on(admin, INVITE, first, "another one")
        assert (answer.status_code, "This is not your password." in answer.text) == (422, True)
        assert mails(product, "staff_invitation") == []
        again = carried(answer)
        first.pop("csrf_token"), again.pop("csrf_token")
        assert again == first

    def test_sent_twice_it_is_done_once_and_leads_back_to_where_it_came_from(
        self, product: Product, admin: Person
    ) -> None:
        fields = carried(invites(admin))
        answers = [goes_on(admin, INVITE, fields) for _ in range(2)]
        assert [answer.location for answer in answers] == ["/admin/staff", "/admin/staff"]
        assert len(deeds(product, "staff_invited")) == 1

    def test_nothing_in_the_page_is_the_password(self, admin: Person) -> None:
        assert "another one" not in goes_on(admin, INVITE, carried(invites(admin)), "another one").text

    def test_what_is_wrong_in_the_form_is_said_after_the_password(self, admin: Person) -> None:
        answer = goes_on(admin, INVITE, carried(invites(admin, email="nobody")))
        assert (answer.status_code, 'value="nobody"' in answer.text, PASSWORD in answer.text) == (422, True, False)


class TestWhatIsCarried:
    @pytest.mark.parametrize("text", ['"><b>x</b>', "two\r\nlines", "日本 & é", "again_password", " "])
    def test_it_comes_back_letter_by_letter(self, admin: Person, text: str) -> None:
        assert carried(invites(admin, email=text))["email"] == text

    def test_a_field_that_came_twice_comes_back_twice(self, admin: Person) -> None:
        answer = admin.browser.post(INVITE, b"role=viewer&role=admin")
        assert carried(answer).getlist("role") == ["viewer", "admin"]

    @pytest.mark.parametrize("body", [b"email=" + b"x" * 70_000, b"a=1&" * 301, b"email=%00"])
    def test_what_is_too_much_or_unreadable_is_not(self, admin: Person, body: bytes) -> None:
        answer = admin.browser.post(INVITE, body)
        assert (answer.status_code, answer.location) == (303, "/admin/password?next=/admin")
        assert "Fill it in once more" in admin.browser.get("/admin/password").text

    def test_nor_is_a_file(self, admin: Person) -> None:
        boundary = "x1"
        body = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\na\r\n--{boundary}--\r\n'
        )
        answer = admin.browser.post_body("/admin/import", body.encode(), f"multipart/form-data; boundary={boundary}")
        assert answer.location.startswith("/admin/password?")


class TestWhoSendsThePage:
    def test_another_site_gets_no_page_that_goes_on(self, admin: Person) -> None:
        answer = admin.browser.client.post(INVITE, data={"email": "a@example.com"}, base_url="https://news.test")
        assert (answer.status_code, "again_password" in answer.text) == (400, False)

    @pytest.mark.parametrize(
        "back", ["https://evil.example", "//evil.example", "/account", "/admin/\\evil", "/administer"]
    )
    def test_it_leads_back_to_no_other_site(self, admin: Person, back: str) -> None:
        answer = admin.browser.post(INVITE, {"again_back": back, "again_password": "wrong"})
        assert carried(answer)["again_back"] == "/admin"

    def test_a_role_too_low_is_told_so_before_any_password(self, product: Product) -> None:
        member(product, Role.ADMIN, "chief@example.com")
        viewer = member(product, Role.VIEWER)
        viewer.password_was_given(11)
        assert invites(viewer).status_code == 403

    def test_the_tenth_guess_is_the_last(self, admin: Person) -> None:
        fields = carried(admin.act(CODES))
        guesses = [goes_on(admin, CODES, fields, "guess").status_code for _ in range(11)]
        assert guesses == [422] * 10 + [429]
