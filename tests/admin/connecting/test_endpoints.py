"""Webhooks, as an admin adds, pauses and replays them."""

import re

from paywall import clock
from paywall.entitlements.comps import give_comp
from paywall.readers.finding import find_reader
from paywall.staff.rules import Role
from paywall.telling import passing_on
from paywall.telling.listing import DeliveryFacts, EndpointFacts, delivery_facts, endpoint_facts
from paywall.telling.tables import Delivery
from tests.admin.at_once import send_at_once
from tests.staff.people import Person, deeds, member

LIST = "/admin/endpoints"
FORM = {"url": "https://hooks.example.com/in", "description": "our archive", "turn-granted": "yes"}


def endpoints(admin: Person) -> list[EndpointFacts]:
    with admin.product.database.reading() as session:
        return endpoint_facts(session, admin.publisher_id)


def deliveries(admin: Person) -> list[DeliveryFacts]:
    with admin.product.database.reading() as session:
        return delivery_facts(session, admin.publisher_id)


def added(admin: Person) -> str:
    """Add an endpoint, and return the path of its page."""
    page = admin.act(LIST, FORM).text
    assert 'id="secret">whsec_' in page
    return f"{LIST}/{endpoints(admin)[0].public_id}"


def told(admin: Person) -> int:
    """Have something happen that the endpoint hears of and takes, and return the delivery's number."""
    with admin.product.database.writing() as session:
        reader = find_reader(session, admin.publisher_id, admin.email)
        give_comp(session, admin.publisher_id, reader.id, days=9, reason="a gift", actor="test")
    passing_on.pass_on(admin.product.database)
    with admin.product.database.writing() as session:
        session.query(Delivery).update({"state": "delivered", "ended_at": clock.wall()})
    return deliveries(admin)[0].number


class TestAWebhook:
    def test_shows_its_secret_once(self, admin: Person) -> None:
        path = added(admin)
        assert "whsec_" not in admin.browser.get(path).text
        assert endpoints(admin)[0].turns == ("access.granted",)

    def test_is_added_once_by_four_tabs(self, admin: Person) -> None:
        assert sorted(send_at_once(admin, LIST, FORM)) == [200, 303, 303, 303]
        assert (len(endpoints(admin)), len(deeds(admin.product, "webhook_added"))) == (1, 1)

    def test_is_paused_and_goes_on_each_once(self, admin: Person) -> None:
        path = added(admin)
        assert set(send_at_once(admin, f"{path}/pause", {})) == {303}
        assert endpoints(admin)[0].disabled_because == "by hand"
        assert set(send_at_once(admin, f"{path}/resumption", {})) == {303}
        assert endpoints(admin)[0].disabled_because is None
        assert [len(deeds(admin.product, f"webhook_{word}")) for word in ("disabled", "enabled")] == [1, 1]

    def test_gets_one_new_secret_of_four_tabs(self, admin: Person) -> None:
        path = added(admin)
        assert sorted(send_at_once(admin, f"{path}/secret", {"hours": "24"})) == [200, 303, 303, 303]
        assert len(deeds(admin.product, "webhook_secret_rotated")) == 1

    def test_is_removed_once(self, admin: Person) -> None:
        path = added(admin)
        assert set(send_at_once(admin, f"{path}/removal", {})) == {303}
        assert endpoints(admin) == []
        assert len(deeds(admin.product, "webhook_removed")) == 1

    def test_is_not_added_with_what_cannot_be_taken(self, admin: Person) -> None:
        for wrong in [
            {"url": ""},
            {"url": "http://hooks.example.com"},
            {"url": "https://127.0.0.1/in"},
            {"url": "https://[::1]/"},
            {"url": "javascript:alert(1)"},
            {"description": "x" * 201},
        ]:
            answer = admin.act(LIST, {**FORM, **wrong})
            assert (answer.status_code, 'class="field-error"' in answer.text) == (422, True), wrong
            assert endpoints(admin) == []

    def test_of_another_newspaper_is_not_there(self, admin: Person) -> None:
        path = added(admin)
        neighbour = member(admin.product, Role.ADMIN, "neighbour@example.com", "other")
        assert neighbour.browser.get(path).status_code == 404
        assert neighbour.act(f"{path}/removal").status_code == 404
        assert len(endpoints(admin)) == 1


class TestATestMessage:
    def test_is_sent_once_by_four_tabs_and_stands_among_the_deliveries(self, admin: Person) -> None:
        path = added(admin)
        assert set(send_at_once(admin, f"{path}/test", {})) == {303}
        [found] = deliveries(admin)
        assert (found.turn, found.reader_id, found.state.value) == ("webhook.test", None, "waiting")
        assert re.search(r"webhook.test.*nobody.*waiting", admin.browser.get(path).text, re.DOTALL)
        [deed] = deeds(admin.product, "webhook_tested")
        assert deed.detail == {"delivery": found.number}

    def test_is_not_sent_while_the_webhook_is_paused(self, admin: Person) -> None:
        path = added(admin)
        admin.act(f"{path}/pause")
        assert "Send a test message" not in admin.browser.get(path).text
        assert admin.act(f"{path}/test").status_code == 409
        assert (deliveries(admin), deeds(admin.product, "webhook_tested")) == ([], [])

    def test_is_not_sent_by_another_newspaper(self, admin: Person) -> None:
        path = added(admin)
        neighbour = member(admin.product, Role.ADMIN, "neighbour@example.com", "other")
        assert neighbour.act(f"{path}/test").status_code == 404
        assert deliveries(admin) == []


class TestDeliveries:
    def test_are_listed_with_what_became_of_them(self, admin: Person) -> None:
        path = added(admin)
        told(admin)
        assert re.search(r"access.granted.*delivered", admin.browser.get(path).text, re.DOTALL)

    def test_are_sent_again_once(self, admin: Person) -> None:
        path = added(admin)
        number = told(admin)
        assert set(send_at_once(admin, f"{path}/deliveries/{number}", {})) == {303}
        assert deliveries(admin)[0].state.value == "waiting"
        [deed] = deeds(admin.product, "webhook_replayed")
        assert deed.detail == {"delivery": number}

    def test_are_sent_again_since_a_time(self, admin: Person) -> None:
        path = added(admin)
        told(admin)
        assert set(send_at_once(admin, f"{path}/deliveries", {"since": "2020-01-01T00:00"})) == {303}
        assert deliveries(admin)[0].state.value == "waiting"
        assert len(deeds(admin.product, "webhook_replayed")) == 1

    def test_that_are_not_there_are_not_sent(self, admin: Person) -> None:
        path = added(admin)
        assert admin.act(f"{path}/deliveries/12345").status_code == 404
        assert admin.act(f"{path}/deliveries", {"since": ""}).status_code == 422
        assert admin.browser.get(f"{path}?before=x").status_code == 422
        assert deeds(admin.product, "webhook_replayed") == []
