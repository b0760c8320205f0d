"""Invoice items: what waits to be billed on a customer's next invoice."""

from paywall.sandbox.state.ids import new_id
from paywall.sandbox.state.shapes import Json, shape
from paywall.sandbox.state.work import Work


def add(work: Work, customer: str, **fields: object) -> Json:
    """Store an invoice item; it has a `date` where other objects have `created`."""
    item = shape("invoiceitem", id=new_id("invoiceitem"), customer=customer, date=work.now, **fields)
    item["test_clock"] = work.test_clock
    work.store.insert(item, None, None, work.test_clock)
    work.emit("invoiceitem.created", item)
    return item


def waiting(work: Work, customer: str, subscription: str | None) -> list[Json]:
    """Return the customer's items on no invoice yet, of this subscription and of none, in their order."""
    found = work.store.select("invoiceitem", "customer = ?", [customer], tail="ORDER BY seq")
    return [one for one in found if one["invoice"] is None and _subscription_of(one) in {None, subscription}]


def _subscription_of(item: Json) -> str | None:
    parent = item["parent"]
    return str(parent["subscription_details"]["subscription"]) if parent else None
