"""Which turns of a subscription a simulation has seen: the edges of its state machine, listed by hand."""

from collections.abc import Callable, Iterable
from typing import Any

Json = dict[str, Any]

EDGES = frozenset(
    {
        "bought -> incomplete",
        "bought -> active",
        "bought -> trialing",
        "incomplete -> active",
        "incomplete -> incomplete_expired",
        "trialing -> active",
        "trialing -> past_due",
        "trialing -> canceled",
        "active -> past_due",
        "active -> canceled",
        "past_due -> active",
        "past_due -> canceled",
        "runs -> set to end",
        "set to end -> runs",
        "charges -> paused",
        "paused -> charges",
        "price -> other price",
        "no schedule -> scheduled",
        "scheduled -> no schedule",
        "paid -> refunded",
        "paid -> refunded in part",
        "paid -> disputed",
        "disputed -> won",
        "disputed -> lost",
        "customer -> deleted",
    }
)


def edges_taken(events: Iterable[Json]) -> set[str]:
    """Return the edges that Stripe's events tell of; `events` oldest first."""
    taken = {edge for event in events for edge in _edges(event) if edge}
    return taken & EDGES


def _edges(event: Json) -> list[str]:
    found, before = event["data"]["object"], event["data"].get("previous_attributes") or {}
    if event["type"] == "customer.subscription.updated":
        return _changes(found, before)
    words: dict[str, Callable[[], str]] = {
        "customer.subscription.created": lambda: f"bought -> {found['status']}",
        "customer.subscription.deleted": lambda: f"{before.get('status', 'active')} -> canceled",
        "charge.refunded": lambda: "paid -> refunded" if found["refunded"] else "paid -> refunded in part",
        "charge.dispute.created": lambda: "paid -> disputed",
        "charge.dispute.closed": lambda: f"disputed -> {found['status']}",
        "customer.deleted": lambda: "customer -> deleted",
    }
    return [words[event["type"]]()] if event["type"] in words else []


def _changes(found: Json, before: Json) -> list[str]:
    edges = [f"{before['status']} -> {found['status']}"] if "status" in before else []
    if "cancel_at" in before:
        edges.append("runs -> set to end" if found["cancel_at"] else "set to end -> runs")
    if "pause_collection" in before:
        edges.append("charges -> paused" if found["pause_collection"] else "paused -> charges")
    if "items" in before and _price(before) != _price(found):
        edges.append("price -> other price")
    if "schedule" in before:
        edges.append("no schedule -> scheduled" if found["schedule"] else "scheduled -> no schedule")
    return edges


def _price(subscription: Json) -> str | None:
    items = (subscription.get("items") or {}).get("data") or []
    return items[0]["price"]["id"] if items else None
