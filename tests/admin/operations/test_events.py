"""The inbox of billing events: what is in which pile, whose it is, and trying again."""

import re

import pytest

from paywall import clock
from paywall.app import Product
from paywall.staff.rules import Role
from tests.admin.at_once import send_at_once
from tests.admin.operations.things import HOUR, customer_of, event, failed_event, stored_event
from tests.staff.people import Person, deeds, member, person

HERE = "/admin/operations/events"
NOBODYS = f"{HERE}/nobodys"


def listed(somebody: Person, query: str = "") -> list[str]:
    page = somebody.browser.get(f"{HERE}?{query}").text
    return re.findall(r'<span class="quiet">(evt_[a-z_]+)', page)


@pytest.fixture
def support(product: Product) -> Person:
    """Somebody of The News, whose reader Ada is the customer cus_1."""
    person(product, "ada@example.com")
    customer_of(product, "ada@example.com", "news", "cus_1")
    return member(product, Role.SUPPORT)


class TestThePiles:
    def test_each_has_its_own_newest_first(self, product: Product, support: Person) -> None:
        event(product, "evt_waiting")
        failed_event(product, "evt_failed")
        event(product, "evt_parked", state="parked")
        event(product, "evt_handled", state="handled")
        event(product, "evt_ignored", state="ignored", note="foreign price")
        assert listed(support) == ["evt_ignored", "evt_handled", "evt_parked", "evt_failed", "evt_waiting"]
        assert listed(support, "pile=failing") == ["evt_failed"]
        assert listed(support, "pile=waiting") == ["evt_failed", "evt_waiting"]
        for pile in ("parked", "handled", "ignored"):
            assert listed(support, f"pile={pile}") == [f"evt_{pile}"]

    def test_the_error_is_there_to_be_read(self, product: Product, support: Person) -> None:
        failed_event(product, "evt_failed")
        assert "Stripe said no" in support.browser.get(HERE).text

    def test_those_of_another_newspaper_and_of_nobody_are_not_in_it(self, product: Product, support: Person) -> None:
        theirs = failed_event(product, "evt_theirs", subject="sub_2", customer="cus_2")
        assert listed(support) == []
        assert support.act(f"{HERE}/{theirs}/again").status_code == 404

    @pytest.mark.parametrize("query", ["pile=nothing", "page=7", "page=before-x"])
    def test_a_page_that_there_is_not_is_a_bad_question(self, support: Person, query: str) -> None:
        assert support.browser.get(f"{HERE}?{query}").status_code == 400


class TestTryingAgain:
    def test_a_failed_one_is_due_at_once(self, product: Product, support: Person) -> None:
        number = failed_event(product, "evt_failed")
        assert support.act(f"{HERE}/{number}/again").status_code == 303
        assert stored_event(product, number).due_at <= clock.wall()
        [deed] = deeds(product, "billing_event_tried_again")
        assert (deed.actor, deed.subject) == (support.staff.actor, "billing_event:evt_failed")

    def test_four_tabs_at_once_do_it_once(self, product: Product, support: Person) -> None:
        number = failed_event(product, "evt_failed")
        assert set(send_at_once(support, f"{HERE}/{number}/again", {})) == {303}
        assert len(deeds(product, "billing_event_tried_again")) == 1

    def test_what_stripe_did_not_know_is_opened_again(self, product: Product, support: Person) -> None:
        number = event(product, "evt_gone", state="ignored", note="unknown to Stripe")
        support.act(f"{HERE}/{number}/again")
        found = stored_event(product, number)
        assert (found.state, found.note, found.handled_at) == ("waiting", None, None)

    @pytest.mark.parametrize(("state", "note"), [("handled", None), ("ignored", "foreign price")])
    def test_what_is_closed_for_good_stays_closed(
        self, product: Product, support: Person, state: str, note: str | None
    ) -> None:
        number = event(product, "evt_closed", state=state, note=note)
        assert support.act(f"{HERE}/{number}/again").status_code == 409
        assert stored_event(product, number).state == state
        assert deeds(product, "billing_event_tried_again") == []

    def test_all_that_failed_at_once_and_nobody_elses(self, product: Product, support: Person) -> None:
        ours = [failed_event(product, f"evt_{name}") for name in ("a", "b")]
        theirs = failed_event(product, "evt_theirs", subject="sub_2", customer="cus_2")
        assert set(send_at_once(support, f"{HERE}/again", {})) == {303}
        assert all(stored_event(product, number).due_at <= clock.wall() for number in ours)
        assert stored_event(product, theirs).due_at > clock.wall() + HOUR / 2
        [deed] = deeds(product, "billing_events_tried_again")
        assert deed.detail == {"events": 2}


class TestNobodysEvents:
    """Where several newspapers share the service, an event about nobody's customer is on a pile that admins see."""

    @pytest.fixture
    def admin(self, product: Product, support: Person) -> Person:
        assert support.staff.role is Role.SUPPORT
        return member(product, Role.ADMIN)

    def test_are_seen_by_the_admins_of_each_newspaper(self, product: Product, admin: Person) -> None:
        failed_event(product, "evt_stray", subject="sub_9", customer="cus_9")
        event(product, "evt_ours")
        other = member(product, Role.ADMIN, "chief@example.com", slug="other")
        for somebody in (admin, other):
            page = somebody.browser.get(NOBODYS).text
            assert re.findall(r'<span class="quiet">(evt_[a-z_]+)', page) == ["evt_stray"]
            assert "1 open event is about no customer" in somebody.browser.get(HERE).text

    def test_say_their_type_and_number_and_nothing_of_anybody(self, product: Product, admin: Person) -> None:
        failed_event(product, "evt_stray", subject="sub_9", customer="cus_9")
        page = admin.browser.get(NOBODYS).text
        assert f'<a href="{HERE}" aria-current="page">' in page
        assert ("customer.subscription.updated" in page, "sub_9" in page) == (True, True)
        assert ("cus_9" in page, "Stripe said no" in page) == (False, False)

    def test_are_no_matter_for_support(self, product: Product, support: Person) -> None:
        number = failed_event(product, "evt_stray", subject="sub_9", customer="cus_9")
        assert "about no customer" not in support.browser.get(HERE).text
        assert support.browser.get(NOBODYS).status_code == 403
        assert support.act(f"{NOBODYS}/{number}/again").status_code == 403
        assert support.act(f"{NOBODYS}/again").status_code == 403

    def test_are_tried_again_once_by_four_tabs(self, product: Product, admin: Person) -> None:
        number = failed_event(product, "evt_stray", subject="sub_9", customer="cus_9")
        assert set(send_at_once(admin, f"{NOBODYS}/{number}/again", {})) == {303}
        assert stored_event(product, number).due_at <= clock.wall()
        [deed] = deeds(product, "billing_event_tried_again")
        assert (deed.actor, deed.subject) == (admin.staff.actor, "billing_event:evt_stray")

    def test_are_all_tried_again_without_anybodys(self, product: Product, admin: Person) -> None:
        stray = failed_event(product, "evt_stray", subject="sub_9", customer="cus_9")
        ours = failed_event(product, "evt_ours")
        assert admin.act(f"{NOBODYS}/again").status_code == 303
        assert stored_event(product, stray).due_at <= clock.wall() < stored_event(product, ours).due_at

    def test_are_reached_by_that_way_alone(self, product: Product, admin: Person) -> None:
        stray = failed_event(product, "evt_stray", subject="sub_9", customer="cus_9")
        ours = failed_event(product, "evt_ours")
        assert admin.act(f"{NOBODYS}/{ours}/again").status_code == 404
        assert admin.act(f"{HERE}/{stray}/again").status_code == 404
