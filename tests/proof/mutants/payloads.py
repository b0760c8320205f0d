"""C and D: what an event carries is taken for the truth; Stripe is never asked.

Payloads are kept beside the inbox, in a table of their own (SQLite). What was told last of an object counts; for D
what was told latest by `created`, so that an older event is skipped. Whatever acts at Stripe still does.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from paywall.billing.parts import Billing
from paywall.billing.snapshots.fields import id_of
from paywall.billing.snapshots.invoice import subscription_of_invoice
from paywall.billing.stripe_gateway import StripeGateway
from paywall.billing.syncing import sync
from paywall.billing.syncing.attempt import Synced
from paywall.billing.webhooks import drain, inbox
from tests.proof.mutants.mutant import Mutant, Swap

Json = dict[str, Any]
_receive, _sync_subscription = inbox.receive, sync.sync_subscription
_TABLE = "CREATE TABLE IF NOT EXISTS payloads (event_id VARCHAR PRIMARY KEY, body TEXT NOT NULL)"
_KEEP = "INSERT INTO payloads VALUES (:id, :body) ON CONFLICT (event_id) DO NOTHING"
_TOLD = (
    "SELECT body FROM payloads JOIN billing_events USING (event_id) "
    "WHERE note IS NULL OR note NOT IN ('other livemode', 'other account', 'thin event') ORDER BY id"
)


class NotToldYet(Exception):
    """No event has carried this subscription so far."""


@dataclass(frozen=True)
class Told:
    """Answers reads by what events carried, in the gateway's place; everything else is the gateway's."""

    gateway: StripeGateway
    events: tuple[Json, ...]
    """In the order in which they are applied, one after the other."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.gateway, name)

    def retrieve_subscription(self, subscription_id: str, expand: Sequence[str] = ()) -> Json:
        del expand
        found = self._objects("subscription").get(subscription_id)
        if found is None:
            raise NotToldYet(subscription_id)
        latest = self._objects("invoice").get(id_of(found.get("latest_invoice")) or "")
        return {**found, "latest_invoice": self._with_payments(latest) if latest else None}

    def list_invoices(self, subscription_id: str, expand: Sequence[str] = ()) -> list[Json]:
        del expand
        invoices = [one for one in self._all("invoice") if subscription_of_invoice(one) == subscription_id]
        return [self._with_payments(one) for one in invoices]

    def list_charges(self, customer: str, expand: Sequence[str] = ()) -> list[Json]:
        del expand
        charges = [one for one in self._all("charge") if one.get("customer") == customer]
        return [{**one, "refunds": {"data": self.list_refunds(one["id"])}} for one in charges]

    def list_refunds(self, charge: str) -> list[Json]:
        return [one for one in self._all("refund") if one.get("charge") == charge]

    def list_disputes(self, charge: str) -> list[Json]:
        return [one for one in self._all("dispute") if one.get("charge") == charge]

    def retrieve_payment_intent(self, payment_id: str) -> Json:
        return self._objects("payment_intent").get(payment_id, {})

    def _with_payments(self, invoice: Json) -> Json:
        payments = [one for one in self._all("invoice_payment") if one.get("invoice") == invoice["id"]]
        return {**invoice, "payments": {"data": payments}}

    def _all(self, kind: str) -> list[Json]:
        return sorted(self._objects(kind).values(), key=lambda one: int(one["created"]), reverse=True)

    def _objects(self, kind: str) -> dict[str, Json]:
        """Return the objects of a kind by their ids, each as its last event described it."""
        told = (event["data"]["object"] for event in self.events)
        return {one["id"]: one for one in told if one.get("object") == kind}


def receive_whole(
    transaction: Session | Connection, event: Mapping[str, Any], *, livemode: bool, was_swept: bool = False
) -> bool:
    """Keep the event, and what it carries."""
    is_new = _receive(transaction, event, livemode=livemode, was_swept=was_swept)
    transaction.execute(text(_TABLE))
    transaction.execute(text(_KEEP), {"id": event["id"], "body": json.dumps(event)})
    return is_new


def apply_payloads(billing: Billing, stripe_id: str, *, is_guarded: bool, **how: bool) -> Synced:
    """Bring a subscription to what events said of it: in the order they came, or guarded by their time."""
    with billing.database.reading() as session:
        events = [json.loads(body) for body in session.scalars(text(_TOLD))]
    applied = sorted(events, key=lambda event: int(event["created"])) if is_guarded else events
    told = cast("StripeGateway", Told(billing.gateway, tuple(applied)))
    return _sync_subscription(replace(billing, gateway=told), stripe_id, **how)


C = Mutant(
    "C",
    "apply what events carry, in the order they come",
    (
        Swap(inbox, "receive", receive_whole),
        Swap(drain, "sync_subscription", partial(apply_payloads, is_guarded=False)),
    ),
)
D = Mutant(
    "D",
    "apply what events carry, unless a newer one by `created` was applied",
    (
        Swap(inbox, "receive", receive_whole),
        Swap(drain, "sync_subscription", partial(apply_payloads, is_guarded=True)),
    ),
)
