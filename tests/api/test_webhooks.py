"""A publisher's own system names the addresses that are told, and sees what became of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from standardwebhooks import Webhook

from paywall.app import Product
from paywall.publishers.keys.rules import Scope
from paywall.readers.finding import find_reader
from paywall.settings import Settings
from paywall.telling.lanes import tell_once
from paywall.telling.parts import make_telling
from tests.api.calling import Server
from tests.api.conftest import MakeKey
from tests.gate.visits import Browser
from tests.outgoing.receiver import Receiver, plain, receiving

ADDRESS = "https://www.paper.test/hooks"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The product may ask hosts of this machine."""
    return replace(settings, outgoing_hosts=("127.0.0.1",))


@pytest.fixture
def office(product: Product, make_key: MakeKey) -> Server:
    """The publisher's system, with a key for webhooks."""
    return Server(product.flask, make_key(Scope.WEBHOOKS))


@pytest.fixture
def reader_id(browser: Browser, product: Product) -> int:
    """The id of the first reader."""
    browser.sign_up("leyla@example.com")
    with product.database.reading() as session:
        return find_reader(session, 1, "leyla@example.com").id


def added(office: Server, url: str = ADDRESS, **more: Any) -> dict[str, Any]:
    answer = office.post("/v1/webhooks", {"url": url, **more})
    assert answer.status_code == 201, answer.text
    return answer.json or {}


def tell(product: Product) -> int:
    return tell_once(make_telling(product.settings, product.database))


class TestAdding:
    def test_answers_with_the_secret_once(self, office: Server) -> None:
        said = added(office, events=["access.ended"], withEmail=True, description="The CRM")
        assert said["secret"].startswith("whsec_")
        [listed] = (office.get("/v1/webhooks").json or {})["webhooks"]
        assert listed == {name: value for name, value in said.items() if name != "secret"}
        assert (listed["events"], listed["withEmail"], listed["waiting"]) == (["access.ended"], True, 0)

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"url": "http://127.0.0.2/"}, "url"),
            ({"url": "https://10.0.0.1/"}, "url"),
            ({"url": "http://www.paper.test/"}, "url"),
            ({"url": 7}, "url"),
            ({}, "url"),
            ({"url": ADDRESS, "events": ["access.stolen"]}, "events.0"),
            ({"url": ADDRESS, "description": "x" * 201}, "description"),
            ({"url": ADDRESS, "secret": "mine"}, "secret"),
        ],
    )
    def test_refuses_by_name_what_it_can_not_take(self, office: Server, sent: dict[str, Any], field: str) -> None:
        answer = office.post("/v1/webhooks", sent)
        assert answer.status_code == 400
        assert [error["field"] for error in (answer.json or {})["errors"]] == [field]

    def test_needs_a_key_for_it(self, product: Product, make_key: MakeKey) -> None:
        reading = Server(product.flask, make_key(Scope.READERS, Scope.CHECK, Scope.ARTICLES))
        assert reading.get("/v1/webhooks").status_code == 403


class TestDeliveries:
    def test_are_listed_with_what_came_back_and_sent_again(
        self, office: Server, product: Product, receiver: Receiver, reader_id: int, entitle: Callable[..., None]
    ) -> None:
        receiver.reply = plain(200, b"thank you")
        hook = added(office, receiver.url())
        entitle(reader_id)
        tell(product)
        [one] = (office.get(f"/v1/webhooks/{hook['id']}/deliveries").json or {})["deliveries"]
        assert (one["event"], one["state"], one["readerId"]) == ("access.granted", "delivered", str(reader_id))
        assert [(tried["status"], tried["answer"]) for tried in one["attempts"]] == [(200, "thank you")]
        again = office.post(f"/v1/webhooks/{hook['id']}/deliveries/{one['id']}/replay", b"")
        assert again.json == {"events": 1}
        tell(product)
        first, second = receiver.requests
        assert first.headers["webhook-id"] == second.headers["webhook-id"] == one["messageId"]
        Webhook(hook["secret"]).verify(second.body, second.headers)

    @pytest.mark.parametrize(
        "since", ["0001-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59.999999"]
    )
    def test_since_a_moment_at_the_end_of_the_calendar_is_no_error_of_ours(self, office: Server, since: str) -> None:
        answer = office.post(f"/v1/webhooks/{added(office)['id']}/replay", {"since": since})
        assert answer.status_code in (200, 400)
        assert answer.status_code == 200 or (answer.json or {})["errors"][0]["field"] == "since"

    def test_of_the_past_come_to_an_address_that_is_new(
        self, office: Server, product: Product, receiver: Receiver, reader_id: int, entitle: Callable[..., None]
    ) -> None:
        entitle(reader_id)
        tell(product)
        hook = added(office, receiver.url())
        path = f"/v1/webhooks/{hook['id']}/replay"
        assert office.post(path, {"since": "2026-01-01T00:00:00Z"}).json == {"events": 1}
        assert office.post(path, {"since": "2999-01-01T00:00:00"}).json == {"events": 0}
        assert tell(product) == 1

    def test_come_in_parts(
        self, office: Server, product: Product, receiver: Receiver, reader_id: int, entitle: Callable[..., None]
    ) -> None:
        hook = added(office, receiver.url())
        for suspended in (False, True, False):
            entitle(reader_id, suspended=suspended)
        tell(product)
        path = f"/v1/webhooks/{hook['id']}/deliveries"
        part = office.get(path, limit=2).json or {}
        rest = office.get(path, limit=2, before=part["next"]).json or {}
        assert (len(part["deliveries"]), len(rest["deliveries"]), rest["next"]) == (2, 1, None)

    @pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"before": "-1"}, {"x": "1"}])
    def test_are_not_asked_for_in_odd_parts(self, office: Server, query: dict[str, str]) -> None:
        hook = added(office)
        assert office.get(f"/v1/webhooks/{hook['id']}/deliveries", **query).status_code == 400


class TestChanging:
    def test_the_secret_ends_the_old_one_after_a_while(self, office: Server) -> None:
        hook = added(office)
        path = f"/v1/webhooks/{hook['id']}/secret"
        said = office.post(path, {"overlapHours": 1}).json or {}
        assert said["secret"].startswith("whsec_")
        assert said["secret"] != hook["secret"]
        assert office.post(path, {"overlapHours": 721}).status_code == 400

    def test_a_disabled_one_is_told_again_once_it_is_enabled(
        self, office: Server, product: Product, receiver: Receiver, reader_id: int, entitle: Callable[..., None]
    ) -> None:
        receiver.reply = plain(410)
        hook = added(office, receiver.url())
        entitle(reader_id)
        tell(product)
        [listed] = (office.get("/v1/webhooks").json or {})["webhooks"]
        assert listed["disabledBecause"] == "it answered 410 Gone"
        assert office.post(f"/v1/webhooks/{hook['id']}/enable", b"").status_code == 204
        entitle(reader_id, suspended=True)
        assert tell(product) == 1

    def test_a_removed_one_is_gone(self, office: Server) -> None:
        path = f"/v1/webhooks/{added(office)['id']}"
        assert office.call("DELETE", path).status_code == 204
        assert office.call("DELETE", path).status_code == 404
        assert office.get("/v1/webhooks").json == {"webhooks": []}


class TestSomebodyElses:
    @pytest.mark.parametrize("webhook", ["we_0000000000000000", "1", "%00", "we_" + "x" * 500])
    def test_is_not_found_by_any_route(self, office: Server, webhook: str) -> None:
        assert office.call("DELETE", f"/v1/webhooks/{webhook}").status_code in (400, 404)
        assert office.get(f"/v1/webhooks/{webhook}/deliveries").status_code in (400, 404)
        assert office.post(f"/v1/webhooks/{webhook}/secret", {}).status_code in (400, 404)

    @pytest.mark.parametrize("delivery", ["0", "x", "9" * 40, "1"])
    def test_delivery_is_not_found(self, office: Server, delivery: str) -> None:
        hook = added(office)
        assert office.post(f"/v1/webhooks/{hook['id']}/deliveries/{delivery}/replay", b"").status_code == 404
