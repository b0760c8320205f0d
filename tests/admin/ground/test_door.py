"""Every page of /admin, asked by everybody: nobody gets further than the role reaches."""

import pytest

from paywall.admin.parts import ROUTES
from paywall.app import Product
from paywall.staff.rules import Role
from tests.admin.ground.every_call import ask, calls, designed
from tests.readers.browser import Browser
from tests.staff.people import member, person


class TestTheTableOfRoutesAndRoles:
    def test_it_has_every_rule_of_the_application_below_admin(self, product: Product) -> None:
        rules = {rule.rule for rule in product.flask.url_map.iter_rules() if rule.rule.startswith("/admin")}
        assert rules == {f"/admin{route.path}" for route in ROUTES}

    def test_the_anonymous_sign_in_first(self, product: Product) -> None:
        browser = Browser(product.flask)
        assert {ask(browser, method, path) for _, method, path in calls()} == {"sign in"}

    def test_for_readers_there_is_nothing(self, product: Product) -> None:
        reader = person(product, "reader@example.com").browser
        assert {ask(reader, method, path) for _, method, path in calls()} == {"not there"}

    @pytest.mark.parametrize("role", list(Role))
    def test_each_role_reaches_as_far_as_it_should(self, product: Product, role: Role) -> None:
        self.somebody_else_is_admin(product)
        somebody = member(product, role, "somebody@example.com")
        answers = {(method, path): ask(somebody.browser, method, path) for _, method, path in calls()}
        assert answers == {(method, path): designed(route, role) for route, method, path in calls()}

    def test_the_admin_of_another_newspaper_is_nobody_here(self, product: Product) -> None:
        member(product, Role.ADMIN, "admin@example.com", "other")
        here = Browser(product.flask)
        here.sign_up("admin@example.com")
        assert {ask(here, method, path) for _, method, path in calls()} == {"not there"}

    def test_without_the_second_factor_only_its_own_page_opens(self, product: Product) -> None:
        somebody = person(product, "support@example.com")
        somebody.join(Role.SUPPORT)
        somebody.set_up()
        for route, method, path in calls():
            assert (ask(somebody.browser, method, path) == "second factor") is not route.is_before_second_factor

    def test_a_password_of_eleven_minutes_ago_is_asked_again_where_it_must_be_fresh(self, product: Product) -> None:
        admin = member(product, Role.ADMIN)
        admin.password_was_given(11)
        fresh = [(method, path) for route, method, path in calls() if route.is_fresh]
        assert fresh
        assert {ask(admin.browser, method, path) for method, path in fresh} == {"password"}

    @staticmethod
    def somebody_else_is_admin(product: Product) -> None:
        member(product, Role.ADMIN, "first@example.com")


class TestTheDoor:
    def test_it_says_who_can_where_the_role_is_too_low(self, product: Product) -> None:
        member(product, Role.ADMIN, "chief@example.com")
        viewer = member(product, Role.VIEWER)
        answer = viewer.act("/admin/staff/invitations", {"email": "a@example.com", "role": "admin"})
        assert (answer.status_code, "chief@example.com" in answer.text) == (403, True)

    def test_it_leads_back_after_the_password(self, product: Product) -> None:
        admin = member(product, Role.ADMIN)
        admin.password_was_given(11)
        answer = admin.act("/admin/password", {"password": "a good password", "next": "/admin/staff"})
        assert answer.location.endswith("/admin/staff")
        assert admin.act("/admin/me/recovery-codes").status_code == 200

    def test_a_wrong_password_opens_nothing(self, product: Product) -> None:
        admin = member(product, Role.ADMIN)
        admin.password_was_given(11)
        assert admin.act("/admin/password", {"password": "another one"}).status_code == 422
        assert "Your password again" in admin.act("/admin/me/recovery-codes").text

    def test_who_was_removed_is_out_at_once(self, product: Product) -> None:
        admin, viewer = member(product, Role.ADMIN), member(product, Role.VIEWER)
        assert viewer.browser.get("/admin").status_code == 200
        assert admin.act(f"/admin/staff/{viewer.staff.member_id}/removal").status_code == 303
        assert viewer.browser.get("/admin").status_code == 404

    def test_answers_are_nobody_elses(self, product: Product) -> None:
        answer = member(product, Role.VIEWER).browser.get("/admin")
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
