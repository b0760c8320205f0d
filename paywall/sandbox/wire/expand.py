"""`expand[]`: ids replaced by the objects they name, and the few fields Stripe leaves out until asked."""

from collections.abc import Callable
from typing import Any

from paywall.sandbox.state.errors import invalid
from paywall.sandbox.state.shapes import Json, list_of
from paywall.sandbox.state.work import Work

_DEEPEST = 4
_MOST_INSIDE = 10

EXPANDABLE = {
    "balance_transaction": "balance_transaction",
    "charge": "charge",
    "configuration": "billing_portal.configuration",
    "coupon": "coupon",
    "customer": "customer",
    "default_payment_method": "payment_method",
    "default_price": "price",
    "discounts": "discount",
    "failure_balance_transaction": "balance_transaction",
    "invoice": "invoice",
    "latest_charge": "charge",
    "latest_invoice": "invoice",
    "payment_intent": "payment_intent",
    "payment_method": "payment_method",
    "pending_setup_intent": "setup_intent",
    "product": "product",
    "promotion_code": "promotion_code",
    "schedule": "subscription_schedule",
    "setup_intent": "setup_intent",
    "subscription": "subscription",
}


def apply(work: Work, answer: Json, paths: list[str]) -> Json:
    """Expand every path in the answer; raises for a field that cannot be expanded."""
    for path in paths:
        steps = path.split(".")
        if len([step for step in steps if step != "data"]) > _DEEPEST:
            raise invalid(f"You cannot expand more than {_DEEPEST} levels of a property. Property: {path}", "expand")
        _walk(work, answer, steps, path)
    return answer


def _walk(work: Work, node: Json, steps: list[str], path: str) -> None:
    if node.get("deleted"):
        return  # of a deleted object nothing is left that could be expanded
    step, rest = steps[0], steps[1:]
    include = INCLUDABLE.get((str(node.get("object")), step))
    if include and step not in node:
        node[step] = include(work, node)
    if step not in node:
        raise _not_expandable(path)
    value = node[step]
    if isinstance(value, str):
        value = node[step] = _load(work, step, value, path)
    elif isinstance(value, list) and step in EXPANDABLE:
        value = node[step] = [_load(work, step, one, path) if isinstance(one, str) else one for one in value]
    elif not rest and not include and not isinstance(value, dict | list) and step not in EXPANDABLE:
        raise _not_expandable(path)
    for child in value if isinstance(value, list) else [value]:
        if rest and isinstance(child, dict):
            _walk(work, child, rest, path)


def _load(work: Work, step: str, identifier: str, path: str) -> Any:  # noqa: ANN401 - an object, or an id left as it is
    if step not in EXPANDABLE:
        raise _not_expandable(path)
    kind = EXPANDABLE[step]
    return (work.store.get(kind, identifier) if kind else None) or identifier


def _not_expandable(path: str) -> Exception:
    return invalid(
        f"This property cannot be expanded ({path}). You may want to try expanding 'data.{path}' if this is a list.",
        "expand",
    )


def _line_items(work: Work, session: Json) -> Json:
    items = work.store.private(session["id"])["line_items"]
    return list_of(items, f"/v1/checkout/sessions/{session['id']}/line_items")


def _payments(work: Work, invoice: Json) -> Json:
    found = work.store.select("invoice_payment", "json_extract(body, '$.invoice') = ?", [invoice["id"]])
    return list_of(found, "/v1/invoice_payments")


def _subscriptions(work: Work, customer: Json) -> Json:
    living = "customer = ? AND json_extract(body, '$.status') NOT IN ('canceled', 'incomplete_expired')"
    found = work.store.select("subscription", living, [customer["id"]])
    return list_of(found, f"/v1/customers/{customer['id']}/subscriptions")


def _refunds(work: Work, charge: Json) -> Json:
    """Return the refunds inside a charge: Stripe puts no more than the newest ten of a list into another object."""
    of_charge, most = "json_extract(body, '$.charge') = ?", _MOST_INSIDE
    found = work.store.select("refund", of_charge, [charge["id"]], tail=f"ORDER BY seq DESC LIMIT {most + 1}")
    return list_of(found[:most], f"/v1/charges/{charge['id']}/refunds", has_more=len(found) > most)


def _confirmation_secret(work: Work, invoice: Json) -> Json | None:
    payments: list[Json] = _payments(work, invoice)["data"]
    if invoice["status"] != "open" or not payments:
        return None
    intent = work.get("payment_intent", payments[0]["payment"]["payment_intent"])
    return {"client_secret": intent["client_secret"], "type": "payment_intent"}


INCLUDABLE: dict[tuple[str, str], Callable[[Work, Json], Any]] = {
    ("checkout.session", "line_items"): _line_items,
    ("invoice", "payments"): _payments,
    ("invoice", "confirmation_secret"): _confirmation_secret,
    ("customer", "subscriptions"): _subscriptions,
    ("charge", "refunds"): _refunds,
}
