"""A subscription's items: rows of `items` changed, added and taken away, and the resource of single items."""

from paywall.sandbox.billing.subscriptions import beginning, creating
from paywall.sandbox.state.errors import no_such, refused
from paywall.sandbox.state.shapes import Json, list_of
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.params import merged


def after(work: Work, subscription: Json, rows: list[Json]) -> list[Json]:
    """Return the items as they are once the rows are done; periods stay as they were."""
    items = [dict(item) for item in subscription["items"]["data"]]
    for place, row in enumerate(rows):
        items = _done(work, subscription, items, row, f"items[{place}]")
    if not items:
        raise refused("A subscription must have at least one active plan. To cancel, use the cancel endpoint.", "items")
    creating.check_together([item["price"] for item in items])
    if items[0]["price"]["currency"] != subscription["currency"]:
        raise refused("The price must be of the subscription's currency.", "items[0][price]")
    return items


def _done(work: Work, subscription: Json, items: list[Json], row: Json, name: str) -> list[Json]:
    if "id" not in row:
        return [*items, _added(work, subscription, row, name)]
    item = next((item for item in items if item["id"] == row["id"]), None)
    if item is None:
        raise no_such("subscription_item", row["id"], f"{name}[id]")
    if row.get("deleted"):
        return [other for other in items if other is not item]
    if "price" in row:
        item["price"] = work.get("price", row["price"], f"{name}[price]")
        creating.check_price(item["price"], f"{name}[price]")
    if "metadata" in row:
        item["metadata"] = merged(item["metadata"], row["metadata"])
    item["quantity"] = row.get("quantity", item["quantity"])
    return items


def _added(work: Work, subscription: Json, row: Json, name: str) -> Json:
    if "price" not in row:
        raise refused(f"You must pass `id` or `price` in `{name}`.", f"{name}[price]", "parameter_missing")
    creating.check_price(work.get("price", row["price"], f"{name}[price]"), f"{name}[price]")
    first = subscription["items"]["data"][0]
    item = beginning.new_item(work, subscription["id"], row, work.now)
    return {**item, **{edge: first[edge] for edge in ("current_period_start", "current_period_end")}}


def of_subscription(work: Work, params: Json) -> Json:
    """List the items of one subscription."""
    subscription = work.get("subscription", params["subscription"], "subscription")
    return list_of(subscription["items"]["data"], "/v1/subscription_items")


def holder_of(work: Work, identifier: str) -> tuple[Json, Json]:
    """Return the subscription that has the item, and the item."""
    for subscription in work.store.select("subscription", "instr(body, ?)", [f'"{identifier}"']):
        for item in subscription["items"]["data"]:
            if item["id"] == identifier:
                return subscription, item
    raise no_such("subscription_item", identifier)


def retrieve(work: Work, params: Json) -> Json:
    """Return one item."""
    return holder_of(work, params["id"])[1]
