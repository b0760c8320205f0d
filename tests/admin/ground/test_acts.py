"""Acts of /admin are done once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from paywall import clock
from paywall.app import Product
from paywall.staff.acts import KEPT_FOR, forget_old, new_act
from paywall.staff.rules import Role
from paywall.staff.tables import Act
from tests.readers.stored import mails
from tests.staff.people import deeds, member, person


class TestAFormSentTwice:
    def test_it_does_it_once(self, product: Product) -> None:
        admin = member(product, Role.ADMIN)
        form = {"act": new_act(), "email": "new@example.com", "role": "viewer"}
        assert [admin.browser.post("/admin/staff/invitations", form).status_code for _ in range(2)] == [303, 303]
        assert "not done twice" in admin.browser.get("/admin").text
        assert (len(mails(product, "staff_invitation")), len(deeds(product, "staff_invited"))) == (1, 1)

    def test_at_once_from_two_tabs_too(self, product: Product) -> None:
        admin = member(product, Role.ADMIN)
        form = {"act": new_act(), "email": "new@example.com", "role": "viewer"}
        token, cookie = admin.browser.csrf_token(), admin.browser.cookie()

        def send(_: int) -> int:
            client = product.flask.test_client()
            client.set_cookie("__Host-session", cookie, domain="news.test", secure=True)
            answer = client.post(
                "/admin/staff/invitations", data={**form, "csrf_token": token}, base_url="https://news.test"
            )
            return answer.status_code

        with ThreadPoolExecutor(4) as crowd:
            assert set(crowd.map(send, range(4))) == {303}
        assert (len(mails(product, "staff_invitation")), len(deeds(product, "staff_invited"))) == (1, 1)

    @pytest.mark.parametrize("token", ["", "short", "x" * 65, "é" * 20, "a b" * 10])
    def test_without_a_good_token_nothing_is_done(self, product: Product, token: str) -> None:
        admin = member(product, Role.ADMIN)
        form = {"act": token, "email": "new@example.com", "role": "viewer"}
        assert admin.browser.post("/admin/staff/invitations", form).status_code == 422
        assert mails(product, "staff_invitation") == []


class TestThePeople:
    def test_a_role_is_changed_once_and_noted(self, product: Product) -> None:
        admin, viewer = member(product, Role.ADMIN), member(product, Role.VIEWER)
        path = f"/admin/staff/{viewer.staff.member_id}/role"
        assert admin.act(path, {"role": "support"}).status_code == 303
        assert viewer.staff.role is Role.SUPPORT
        [deed] = deeds(product, "staff_role_changed")
        assert (deed.actor, deed.detail) == (admin.staff.actor, {"before": "viewer", "after": "support"})

    def test_the_last_admin_stays(self, product: Product) -> None:
        admin = member(product, Role.ADMIN)
        answer = admin.act(f"/admin/staff/{admin.staff.member_id}/removal")
        assert (answer.status_code, "last admin" in answer.text) == (409, True)

    def test_who_lost_everything_sets_up_anew(self, product: Product) -> None:
        admin, support = member(product, Role.ADMIN), member(product, Role.SUPPORT)
        assert admin.act(f"/admin/staff/{support.staff.member_id}/second-factor/end").status_code == 303
        assert "Set up the second factor" in support.browser.get("/admin", follow_redirects=True).text

    def test_one_ends_ones_own_sign_ins_only(self, product: Product) -> None:
        admin, other = member(product, Role.ADMIN), person(product, "reader@example.com")
        with product.database.reading() as session:
            from paywall.readers.tables import SignIn  # noqa: PLC0415

            numbers = [row.id for row in session.query(SignIn)]
        answers = [admin.act(f"/admin/me/sign-ins/{number}/end").status_code for number in numbers[::-1]]
        assert answers == [404, 303]
        assert other.browser.is_signed_in()


class TestOldForms:
    def test_are_forgotten_after_a_month_and_no_sooner(self, product: Product) -> None:
        admin = member(product, Role.ADMIN)
        form = {"act": new_act(), "email": "new@example.com", "role": "viewer"}
        admin.browser.post("/admin/staff/invitations", form)
        for later, count in ((KEPT_FOR, 1), (KEPT_FOR + timedelta(minutes=1), 0)):
            with product.database.writing() as session:
                forget_old(session, clock.wall() + later - timedelta(seconds=30))
                assert session.query(Act).filter_by(token=form["act"]).count() == count
