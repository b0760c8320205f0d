"""A publisher's own system looks readers up, and lets them in."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from paywall.app import Product
from paywall.audit import AuditEntry
from paywall.publishers.keys.rules import Scope
from tests.api.calling import Server
from tests.api.conftest import MakeKey
from tests.gate.visits import Browser

GRANT = {"validUntil": "2999-01-01T00:00:00Z", "reason": "Print subscriber 4711"}


@pytest.fixture
def office(product: Product, make_key: MakeKey) -> Server:
    """The publisher's subscription office, with a key for readers."""
    return Server(product.flask, make_key(Scope.READERS))


@pytest.fixture
def reader(browser: Browser, office: Server) -> str:
    """The id of a reader who has an account and nothing else."""
    browser.sign_up("leyla@example.com")
    return str((office.get("/v1/readers", email="Leyla@Example.com").json or {})["id"])


def soon(days: int = 30) -> str:
    from datetime import timedelta  # noqa: PLC0415

    from paywall import clock  # noqa: PLC0415

    return (clock.now() + timedelta(days=days)).isoformat()


class TestLookingUp:
    def test_an_address_that_nobody_has_is_not_found(self, office: Server) -> None:
        assert office.get("/v1/readers", email="nobody@example.com").status_code == 404

    @pytest.mark.parametrize("email", ["", "no address", "a@b", "a\x00@example.com", "x" * 400])
    def test_what_is_no_address_is_refused_by_name(self, office: Server, email: str) -> None:
        answer = office.get("/v1/readers", email=email)
        assert answer.status_code == 400
        assert [error["field"] for error in (answer.json or {})["errors"]] == ["email"]

    def test_a_reader_without_anything_is_not_entitled(self, office: Server, reader: str) -> None:
        said = office.get(f"/v1/readers/{reader}/entitlements").json
        assert said == {"reader": reader, "isEntitled": False, "entitlements": []}

    def test_a_subscription_is_seen_with_its_end(
        self, office: Server, reader: str, entitle: Callable[..., None]
    ) -> None:
        entitle(int(reader))
        said = office.get(f"/v1/readers/{reader}/entitlements").json or {}
        assert said["isEntitled"]
        assert [(one["source"], one["grant"], one["standing"]) for one in said["entitlements"]] == [
            ("subscription", None, "subscribed")
        ]

    @pytest.mark.parametrize("number", ["999", "0", "-1", "01", "1_0", "x", "9" * 19, "１"])
    def test_a_reader_who_is_not_there(self, office: Server, number: str) -> None:
        assert office.get(f"/v1/readers/{number}/entitlements").status_code == 404


class TestLettingIn:
    def test_the_reader_reads(self, office: Server, reader: str, browser: Browser) -> None:
        assert browser.decision("subscribers-0").startswith("preview")
        assert office.put(f"/v1/readers/{reader}/grants/print-4711", {**GRANT, "validUntil": soon()}).status_code == 200
        assert browser.decision("subscribers-0") == "full; reason=comp"

    def test_the_same_name_again_moves_the_end(self, office: Server, reader: str) -> None:
        for days in (10, 20, 20):
            office.put(f"/v1/readers/{reader}/grants/print-4711", {**GRANT, "validUntil": soon(days)})
        held = (office.get(f"/v1/readers/{reader}/entitlements").json or {})["entitlements"]
        assert [one["grant"] for one in held] == ["print-4711"]
        assert held[0]["validUntil"] > soon(19)

    def test_ending_it_shuts_the_door_at_once(
        self, office: Server, reader: str, browser: Browser, product: Product
    ) -> None:
        office.put(f"/v1/readers/{reader}/grants/g", {**GRANT, "validUntil": soon()})
        assert browser.decision("subscribers-0").startswith("full")
        assert office.call("DELETE", f"/v1/readers/{reader}/grants/g").status_code == 204
        product.follower.poll()
        assert browser.decision("subscribers-0").startswith("preview")
        assert office.call("DELETE", f"/v1/readers/{reader}/grants/g").status_code == 404

    def test_each_deed_is_in_the_audit_without_an_address(self, office: Server, reader: str, product: Product) -> None:
        office.put(f"/v1/readers/{reader}/grants/g", {**GRANT, "validUntil": soon()})
        office.call("DELETE", f"/v1/readers/{reader}/grants/g")
        with product.database.reading() as session:
            rows = session.scalars(select(AuditEntry).where(AuditEntry.action.in_(["grant_put", "grant_ended"]))).all()
        assert [(row.action, row.subject) for row in rows] == [
            ("grant_put", f"reader:{reader}"),
            ("grant_ended", f"reader:{reader}"),
        ]
        assert "example.com" not in str([row.detail for row in rows])

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"validUntil": "2020-01-01T00:00:00Z"}, "validUntil"),
            ({"validUntil": "2999-01-01T00:00:00Z"}, "validUntil"),
            ({"validUntil": "soon"}, "validUntil"),
            ({"validUntil": None}, "validUntil"),
            ({"reason": ""}, "reason"),
            ({"reason": "   "}, "reason"),
            ({"reason": "x" * 501}, "reason"),
            ({"reason": "two\nlines"}, "reason"),
            ({"days": 3}, "days"),
        ],
    )
    def test_what_can_not_be_taken_is_named_and_nothing_is_stored(
        self, office: Server, reader: str, product: Product, changes: dict[str, Any], field: str
    ) -> None:
        answer = office.put(f"/v1/readers/{reader}/grants/g", {**GRANT, "validUntil": soon(), **changes})
        assert answer.status_code == 400, answer.text
        assert [error["field"] for error in (answer.json or {})["errors"]] == [field]
        with product.database.reading() as session:
            assert session.scalar(select(func.count()).where(AuditEntry.action == "grant_put")) == 0

    def test_a_key_without_the_scope_is_refused(self, server: Server, reader: str) -> None:
        assert server.put(f"/v1/readers/{reader}/grants/g", GRANT).status_code == 403

    def test_another_publishers_reader_is_not_there(
        self, rival: Server, reader: str, make_key: MakeKey, product: Product
    ) -> None:
        other = Server(product.flask, make_key(Scope.READERS, publisher_id=2))
        assert rival.key != other.key
        assert other.put(f"/v1/readers/{reader}/grants/g", {**GRANT, "validUntil": soon()}).status_code == 404
        assert other.get(f"/v1/readers/{reader}/entitlements").status_code == 404
        assert other.get("/v1/readers", email="leyla@example.com").status_code == 404
