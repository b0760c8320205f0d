"""Stripe's objects in every state and in older shapes: each is read, and the facts that are there are found.

The objects in `shapes/` are made up. A case is a base (an object of one API version) with what differs from it; the
version in which an account's webhooks come is Stripe's choice, so none may do harm.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from paywall.billing.snapshots.fields import id_of
from paywall.billing.snapshots.invoice import read_invoice
from paywall.billing.snapshots.money_back import read_dispute, read_refund
from paywall.billing.snapshots.subscription import read_subscription
from paywall.billing.webhooks.drain import drain_once
from paywall.billing.webhooks.incoming import row_of
from tests.billing.stripe_world import World
from tests.proof.rows import read_rows

SHAPES = Path(__file__).parent / "shapes"
Json = dict[str, Any]


def cases(name: str) -> list[Any]:
    """Return the cases of a file, each with its object put together."""
    found = json.loads((SHAPES / f"{name}.json").read_text(encoding="utf-8"))
    return [
        pytest.param(found["bases"][case["base"]] | case["changes"], case["facts"], id=case["name"])
        for case in found["cases"]
    ]


EVENTS: list[Json] = json.loads((SHAPES / "events.json").read_text(encoding="utf-8"))


def facts_of(snapshot: object, names: list[str]) -> Json:
    """Return facts of a snapshot as a file of cases writes them: times in seconds, an object as some of its facts."""
    return {name: _plain(getattr(snapshot, name)) for name in names}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        assert value.tzinfo is UTC
        return int(value.timestamp())
    return list(value) if isinstance(value, tuple) else value


class TestASubscription:
    @pytest.mark.parametrize(("found", "facts"), cases("subscriptions"))
    def test_is_read_whatever_its_state_and_its_age(self, found: Json, facts: Json) -> None:
        facts = dict(facts)
        discount = facts.pop("discount", None)
        read = read_subscription(found)
        assert facts_of(read, list(facts)) == facts
        if discount is not None:
            assert facts_of(read.discount, list(discount)) == discount

    def test_of_any_age_says_the_same(self) -> None:
        bases = json.loads((SHAPES / "subscriptions.json").read_text(encoding="utf-8"))["bases"]
        read = [read_subscription(bases[age] | {"id": "sub_one"}) for age in ("today", "acacia")]
        assert read[0] == read[1]


class TestAnInvoice:
    @pytest.mark.parametrize(("found", "facts"), cases("invoices"))
    def test_is_read_whatever_its_state_and_its_age(self, found: Json, facts: Json) -> None:
        assert facts_of(read_invoice(found), list(facts)) == facts


class TestMoneyThatGoesBack:
    def test_is_read_from_a_refund_and_from_a_dispute(self) -> None:
        objects = [case["event"]["data"]["object"] for case in EVENTS]
        refunds = [read_refund(one) for one in objects if one.get("object") == "refund"]
        disputes = [read_dispute(one) for one in objects if one.get("object") == "dispute"]
        assert {one.amount_minor for one in refunds} == {one.amount_minor for one in disputes} == {499}
        assert {frozenset({"ch_one"}), frozenset({"ch_one", "pi_one"})} == {one.payment_ids for one in disputes}
        assert {one.status for one in refunds} == {"succeeded", "failed"}


class TestAnEvent:
    @pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in EVENTS])
    def test_is_about_what_it_says_whatever_its_age(self, case: Json) -> None:
        row = row_of(case["event"], livemode=False)
        assert row["subject"] == case["subject"]
        assert row["state"] == ("waiting" if case["waits"] else "ignored")

    def test_in_any_shape_does_no_harm(self, world: World) -> None:
        """Nothing of these is ours or known to Stripe: each is taken, closed with its reason, and changes nothing."""
        before = read_rows(world.database)
        world.keep(*(case["event"] for case in EVENTS))
        drain_once(world.billing)
        after = read_rows(world.database)
        assert {row.state for row in world.inbox()} == {"ignored"}
        assert {row.last_error for row in world.inbox()} == {None}
        changed = {name for name in after if after[name] != before[name]}
        assert changed <= {"billing_events", "leases"}


def test_a_whole_object_and_its_id_are_the_same() -> None:
    assert id_of({"id": "sub_one", "object": "subscription"}) == id_of("sub_one") == "sub_one"
