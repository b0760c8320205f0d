"""An export that the question for the password interrupts ends on the page it came from, beside a link to the file."""

import html
import re
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from paywall import clock
from paywall.app import Product
from paywall.staff.rules import Role
from tests.admin.ground.carried import carried, goes_on
from tests.readers.browser import PASSWORD
from tests.staff.people import Person, deeds, member

LIST = "/admin/subscribers"
EXPORT = f"{LIST}/export"
QUERY = "q=support&sort=address"


@pytest.fixture
def support(product: Product) -> Person:
    """Somebody whose password was given eleven minutes ago."""
    support = member(product, Role.SUPPORT)
    support.password_was_given(11)
    return support


def exports(support: Person, query: str = QUERY) -> TestResponse:
    """Ask for the list from its page, and answer the question for the password."""
    from_page = {"Referer": f"https://news.test{LIST}?{query}"}
    asks = support.browser.post(EXPORT, {"query": query}, headers=from_page)
    return goes_on(support, EXPORT, carried(asks), again_password=PASSWORD)


def link_on(page: str) -> str:
    """Return the address of the file, as the page offers it."""
    found = re.search(r'Your file is ready: <a href="([^"]+)" download>', page)
    assert found
    return html.unescape(found[1])


class TestAnExportInterruptedByThePassword:
    def test_ends_on_the_page_it_came_from_beside_a_link_to_the_file(self, support: Person) -> None:
        answer = exports(support)
        assert (answer.status_code, answer.location) == (303, f"{LIST}?{QUERY}")
        file = support.browser.get(link_on(support.browser.get(answer.location).text))
        assert file.headers["Content-Disposition"].startswith('attachment; filename="subscribers-')
        assert "support@example.com" in file.text

    def test_is_in_the_audit_when_it_is_taken(self, product: Product, support: Person) -> None:
        page = support.browser.get(exports(support).location).text
        assert deeds(product, "subscribers_exported") == []
        support.browser.get(link_on(page))
        [deed] = deeds(product, "subscribers_exported")
        assert (deed.actor, deed.detail) == (support.staff.actor, {"filters": ["q", "sort"]})

    def test_says_so_once(self, support: Person) -> None:
        page = exports(support).location
        link_on(support.browser.get(page).text)
        assert "Your file is ready" not in support.browser.get(page).text

    def test_comes_at_once_where_its_question_is_too_long_for_a_link(self, support: Person) -> None:
        answer = exports(support, f"q={'%D1%8F' * 300}")
        assert (answer.status_code, "attachment" in answer.headers["Content-Disposition"]) == (200, True)

    def test_that_nothing_interrupts_comes_at_once(self, product: Product) -> None:
        answer = member(product, Role.SUPPORT, "quick@example.com").browser.post(EXPORT, {"query": QUERY})
        assert "attachment" in answer.headers["Content-Disposition"]

    def test_of_the_audit_ends_there_too(self, product: Product) -> None:
        admin = member(product, Role.ADMIN)
        admin.password_was_given(11)
        asks = admin.browser.post("/admin/audit/export", headers={"Referer": "https://news.test/admin/audit"})
        answer = goes_on(admin, "/admin/audit/export", carried(asks), again_password=PASSWORD)
        assert answer.location == "/admin/audit"
        assert admin.browser.get(link_on(admin.browser.get("/admin/audit").text)).mimetype == "text/csv"


class TestTheLinkToTheFile:
    @pytest.fixture
    def link(self, support: Person) -> str:
        return link_on(support.browser.get(exports(support).location).text)

    def test_is_nobody_elses(self, product: Product, link: str) -> None:
        other = member(product, Role.ADMIN, "other@example.com")
        assert other.browser.get(link).status_code == 404
        assert deeds(product, "subscribers_exported") == []

    def test_ends_after_ten_minutes(
        self, product: Product, support: Person, link: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = clock.wall()
        monkeypatch.setattr(clock, "wall", lambda: now + timedelta(minutes=11))
        answer = support.browser.get(link)
        assert (answer.status_code, "This link has ended" in answer.text) == (404, True)
        assert deeds(product, "subscribers_exported") == []

    def test_ends_with_the_sign_in(self, support: Person, link: str) -> None:
        support.browser.post("/logout")
        assert support.browser.get(link).location.startswith("/login?")

    def test_leads_nowhere_for_who_has_lost_the_role(self, product: Product, support: Person, link: str) -> None:
        admin = member(product, Role.ADMIN, "chief@example.com")
        assert admin.act(f"/admin/staff/{support.staff.member_id}/role", {"role": "viewer"}).status_code == 303
        assert support.browser.get(link).status_code == 403

    @pytest.mark.parametrize("sealed", ["x", "a.b.c.d.e", "%00", "é"])
    def test_can_not_be_made_up(self, support: Person, sealed: str) -> None:
        assert support.browser.get(f"/admin/downloads/{sealed}").status_code in (400, 404)
