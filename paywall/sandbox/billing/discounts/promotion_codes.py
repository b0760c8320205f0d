"""Promotion codes: what a person types at checkout to be given a coupon."""

from paywall.sandbox.state.errors import invalid, refused
from paywall.sandbox.state.ids import token
from paywall.sandbox.state.shapes import Json, shape
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import equals
from paywall.sandbox.wire.params import (
    Declared,
    currency,
    flag,
    integer,
    merged,
    metadata,
    one_of,
    required,
    shape_of,
    text,
)
from paywall.sandbox.wire.routes import Operation, listing, retrieving


def create(work: Work, params: Json) -> Json:
    """Make a code for a coupon; a code may be active only once, whatever its letters' case."""
    coupon = work.get("coupon", params["promotion"].get("coupon"), "promotion[coupon]")
    if not coupon["valid"]:
        raise refused("The coupon is no longer valid.", "promotion[coupon]")
    if "customer" in params:
        work.get("customer", params["customer"], "customer")
    code = params.pop("code", None) or token(8).upper()
    if params.get("active", True) and active(work, code):
        raise refused(
            f"An active promotion code with `code: {code}` already exists.", "code", "resource_already_exists"
        )
    _check(work, coupon, params)
    params["metadata"] = merged({}, params.get("metadata", {}))
    params["restrictions"] = {**shape("promotion_code")["restrictions"], **params.get("restrictions", {})}
    expires_at = params.get("expires_at", coupon["redeem_by"])
    return work.add(
        "promotion_code",
        event="promotion_code.created",
        due_at=expires_at,
        **{**params, "code": code, "expires_at": expires_at},
    )


def _check(work: Work, coupon: Json, params: Json) -> None:
    if params.get("expires_at", work.now + 1) <= work.now:
        raise invalid("Invalid expires_at: must be in the future.", "expires_at")
    latest = coupon["redeem_by"]
    if latest is not None and params.get("expires_at", latest) > latest:
        raise invalid("The promotion code cannot expire after its coupon.", "expires_at")
    most = coupon["max_redemptions"]
    if most is not None and params.get("max_redemptions", most) > most:
        raise invalid("The promotion code cannot be redeemed more often than its coupon.", "max_redemptions")
    restrictions = params.get("restrictions", {})
    if ("minimum_amount" in restrictions) != ("minimum_amount_currency" in restrictions):
        raise invalid("You must pass minimum_amount and minimum_amount_currency together.", "restrictions")


def active(work: Work, code: str) -> Json | None:
    """Return the active code of these letters, in whatever case they were typed."""
    wanted = "lower(json_extract(body, '$.code')) = lower(?) AND json_extract(body, '$.active') = 1"
    found = work.store.select("promotion_code", wanted, [code])
    return found[0] if found else None


def update(work: Work, params: Json) -> Json:
    """Switch a code off or on again, or change its metadata."""
    code = work.get("promotion_code", params.pop("id"))
    if "metadata" in params:
        params["metadata"] = merged(code["metadata"], params["metadata"])
    if params.get("active") and not code["active"] and not _may_return(work, code):
        raise refused("This promotion code cannot be activated again: it is used up or expired.", "active")
    return work.change(code, event="promotion_code.updated", **params)


def _may_return(work: Work, code: Json) -> bool:
    used_up = code["max_redemptions"] is not None and code["times_redeemed"] >= code["max_redemptions"]
    over = code["expires_at"] is not None and code["expires_at"] <= work.now
    return not used_up and not over and active(work, code["code"]) is None


def redeem(work: Work, code: Json) -> None:
    """Count one redemption; after the last one the code is inactive."""
    times = code["times_redeemed"] + 1
    last = code["max_redemptions"] is not None and times >= code["max_redemptions"]
    work.change(code, event="promotion_code.updated", times_redeemed=times, active=code["active"] and not last)


def expire(work: Work, code: Json) -> None:
    """Switch a code off whose last day has come."""
    work.change(code, event="promotion_code.updated", active=False)


_RESTRICTIONS: Declared = {
    "first_time_transaction": flag,
    "minimum_amount": integer(1),
    "minimum_amount_currency": currency,
}
_PROMOTION_CODE: Declared = {
    "active": flag,
    "code": text(500),
    "customer": text(),
    "expires_at": integer(0),
    "max_redemptions": integer(1),
    "metadata": metadata,
    "promotion": required(shape_of({"type": required(one_of("coupon")), "coupon": required(text())})),
    "restrictions": shape_of(_RESTRICTIONS),
}
_FILTERS = {
    "active": equals("$.active", flag),
    "code": equals("$.code"),
    "coupon": equals("json_extract(body, '$.promotion.coupon')"),
    "customer": equals("customer"),
}

OPERATIONS = (
    Operation("POST", "/v1/promotion_codes", create, _PROMOTION_CODE),
    retrieving("/v1/promotion_codes/<id>", "promotion_code"),
    Operation("POST", "/v1/promotion_codes/<id>", update, {"active": flag, "metadata": metadata}),
    listing("/v1/promotion_codes", "promotion_code", _FILTERS),
)
