"""Products and prices: what is sold, and for how much each interval."""

import re
from typing import Any

from paywall.sandbox.state.errors import invalid, refused
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import Filter, equals
from paywall.sandbox.wire.params import (
    Declared,
    currency,
    flag,
    integer,
    merged,
    metadata,
    one_of,
    required,
    rows_of,
    shape_of,
    text,
)
from paywall.sandbox.wire.routes import Operation, listing, retrieving

INTERVALS = ("day", "month", "week", "year")
_LONGEST_ID = 255

_PRODUCT: Declared = {
    "active": flag,
    "description": text(40_000, unset=True),
    "images": rows_of(text(2048), 8),
    "metadata": metadata,
    "name": text(),
    "statement_descriptor": text(22, unset=True),
    "tax_code": text(unset=True),
    "unit_label": text(12, unset=True),
    "url": text(unset=True),
}
_RECURRING: Declared = {
    "interval": required(one_of(*INTERVALS)),
    "interval_count": integer(1, 1095),
    "usage_type": one_of("licensed"),
}
_PRICE: Declared = {
    "active": flag,
    "currency": required(currency),
    "lookup_key": text(200),
    "metadata": metadata,
    "nickname": text(unset=True),
    "product": text(),
    "product_data": shape_of({"name": required(text()), "metadata": metadata}),
    "recurring": shape_of(_RECURRING),
    "tax_behavior": one_of("exclusive", "inclusive", "unspecified"),
    "transfer_lookup_key": flag,
    "unit_amount": integer(0, 99_999_999),
}


def create_product(work: Work, params: Json) -> Json:
    """Make a product; the caller may choose its id."""
    identifier = params.pop("id", None)
    if identifier and not re.fullmatch(r"[A-Za-z0-9_\-]+", identifier):
        raise invalid("Invalid product id: use letters, digits, hyphens and underscores.", "id")
    if identifier and work.store.get("product", identifier):
        raise refused(f"Product already exists: '{identifier}'", "id", "resource_already_exists")
    return work.add("product", event="product.created", identifier=identifier, updated=work.now, **params)


def update_product(work: Work, params: Json) -> Json:
    """Change a product."""
    product = work.get("product", params.pop("id"))
    if "metadata" in params:
        params["metadata"] = merged(product["metadata"], params["metadata"])
    return work.change(product, event="product.updated", **params, updated=work.now)


def delete_product(work: Work, params: Json) -> Json:
    """Delete a product that has no price."""
    product = work.get("product", params["id"])
    if work.store.select("price", "json_extract(body, '$.product') = ?", [product["id"]]):
        raise refused("This product cannot be deleted because it has one or more user-created prices.")
    work.emit("product.deleted", product)
    work.store.delete(product)
    return {"id": product["id"], "object": "product", "deleted": True}


def create_price(work: Work, params: Json) -> Json:
    """Make a price of an existing product, or of one made with it."""
    transfer = params.pop("transfer_lookup_key", False)
    product = _product_of(work, params)
    if "unit_amount" not in params:
        raise invalid("Missing required param: unit_amount.", "unit_amount", "parameter_missing")
    _free_lookup_key(work, params.get("lookup_key"), transfer=transfer)
    recurring = params.pop("recurring", None)
    return work.add(
        "price",
        event="price.created",
        product=product,
        type="recurring" if recurring else "one_time",
        recurring=recurring and {"interval_count": 1, "meter": None, "usage_type": "licensed", **recurring},
        unit_amount_decimal=str(params["unit_amount"]),
        **params,
    )


def _product_of(work: Work, params: Json) -> str:
    data, product = params.pop("product_data", None), params.pop("product", None)
    if bool(data) == bool(product):
        raise invalid("You must pass exactly one of product or product_data.", "product", "parameter_missing")
    if data:
        return str(create_product(work, data)["id"])
    return str(work.get("product", product, "product")["id"])


def update_price(work: Work, params: Json) -> Json:
    """Change a price; its amount and interval never change."""
    price = work.get("price", params.pop("id"))
    transfer = params.pop("transfer_lookup_key", False)
    if params.get("lookup_key") != price["lookup_key"]:
        _free_lookup_key(work, params.get("lookup_key"), transfer=transfer)
    if "metadata" in params:
        params["metadata"] = merged(price["metadata"], params["metadata"])
    work.change(price, event="price.updated", **params)
    _show_in_subscriptions(work, price)
    return price


def _show_in_subscriptions(work: Work, price: Json) -> None:
    for subscription in work.store.select("subscription", "instr(body, ?)", [price["id"]]):
        for item in subscription["items"]["data"]:
            item["price"] = price if item["price"]["id"] == price["id"] else item["price"]
        work.store.replace(subscription)


def _free_lookup_key(work: Work, key: str | None, *, transfer: bool) -> None:
    for holder in work.store.select("price", "json_extract(body, '$.lookup_key') = ?", [key]) if key else []:
        if not transfer:
            raise refused(f"A price (`{holder['id']}`) already uses that lookup key.", "lookup_key")
        work.change(holder, event="price.updated", lookup_key=None)


def _among(expression: str, most: int) -> Filter:
    def condition(words: list[Any]) -> tuple[str, list[Any]]:
        return f"{expression} IN ({', '.join('?' * len(words))})", words

    return Filter(rows_of(text(), most), condition)


_PRODUCT_FILTERS = {"active": equals("$.active", flag), "ids": _among("id", 100), "url": equals("$.url")}
_PRICE_FILTERS = {
    "active": equals("$.active", flag),
    "currency": equals("$.currency", currency),
    "lookup_keys": _among("json_extract(body, '$.lookup_key')", 10),
    "product": equals("$.product"),
    "type": equals("$.type", one_of("one_time", "recurring")),
}
_PRICE_CHANGES = {
    name: _PRICE[name] for name in ("active", "metadata", "nickname", "tax_behavior", "transfer_lookup_key")
}

OPERATIONS = (
    Operation("POST", "/v1/products", create_product, {**_PRODUCT, "id": text(_LONGEST_ID), "name": required(text())}),
    retrieving("/v1/products/<id>", "product"),
    Operation("POST", "/v1/products/<id>", update_product, {**_PRODUCT, "default_price": text(unset=True)}),
    Operation("DELETE", "/v1/products/<id>", delete_product),
    listing("/v1/products", "product", _PRODUCT_FILTERS),
    Operation("POST", "/v1/prices", create_price, _PRICE),
    retrieving("/v1/prices/<id>", "price"),
    Operation("POST", "/v1/prices/<id>", update_price, {**_PRICE_CHANGES, "lookup_key": text(200, unset=True)}),
    listing("/v1/prices", "price", _PRICE_FILTERS),
)
