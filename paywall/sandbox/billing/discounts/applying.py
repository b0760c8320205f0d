"""Discounts: a coupon given to a subscription, for one invoice, for some months or for good."""

from dataclasses import dataclass

from paywall.sandbox.billing.discounts import coupons, promotion_codes
from paywall.sandbox.billing.periods import boundary
from paywall.sandbox.state.errors import refused
from paywall.sandbox.state.ids import new_id
from paywall.sandbox.state.shapes import Json, shape
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.params import Check, Declared, rows_of, shape_of, text

_NOT_FIRST = "This promotion code cannot be redeemed because the associated customer has prior transactions."
_ROW: Declared = {"coupon": text(), "promotion_code": text()}
ROWS: Check = rows_of(shape_of(_ROW), 20)
ROWS_OF_ONE: Check = rows_of(shape_of(_ROW), 1)
ROWS_OR_KEPT: Check = rows_of(shape_of({**_ROW, "discount": text()}), 20)


@dataclass(frozen=True)
class Offered:
    """A coupon that may be given, and the promotion code that was typed for it, if one was."""

    coupon: Json
    code: Json | None = None


def offered(work: Work, rows: list[Json], customer: str | None, currency: str) -> list[Offered]:
    """Return what the rows of `discounts` name; raises for what this customer cannot be given in this currency."""
    found = named(work, rows)
    for place, offer in enumerate(found):
        check(work, offer, customer, currency, f"discounts[{place}]")
    return found


def named(work: Work, rows: list[Json]) -> list[Offered]:
    """Return what the rows of `discounts` name, whether it may still be given or not."""
    return [_offer(work, row, f"discounts[{place}]") for place, row in enumerate(rows)]


def _offer(work: Work, row: Json, name: str) -> Offered:
    if ("coupon" in row) == ("promotion_code" in row):
        raise refused("You must pass exactly one of coupon or promotion_code.", name)
    if "coupon" in row:
        return Offered(coupons.terms_of(work, row["coupon"], f"{name}[coupon]"))
    code = work.get("promotion_code", row["promotion_code"], f"{name}[promotion_code]")
    return Offered(coupons.terms_of(work, code["promotion"]["coupon"]), code)


def check(work: Work, offer: Offered, customer: str | None, currency: str, param: str) -> None:
    """Raise unless the coupon is valid, of the currency, and its code allowed to this customer."""
    coupon, code = offer.coupon, offer.code
    if code is not None and not code["active"]:
        raise refused("This promotion code is inactive or has expired.", param, "promotion_code_expired")
    if not coupon["valid"]:
        raise refused(f"Coupon expired: {coupon['id']}", param, "coupon_expired")
    if coupon["currency"] not in {None, currency}:
        raise refused(f"The coupon's currency is {coupon['currency']}, what it is for is sold in {currency}.", param)
    if code is not None and code["customer"] not in {None, customer}:
        raise refused("This promotion code cannot be redeemed by this customer.", param)
    if code is not None and code["restrictions"]["first_time_transaction"] and _has_paid(work, customer):
        raise refused(_NOT_FIRST, param, "promotion_code_customer_not_first_time")


def check_minimum(offer: Offered, amount: int, currency: str, param: str) -> None:
    """Raise if the code asks for a larger sum in this currency."""
    restrictions = offer.code["restrictions"] if offer.code else {}
    least = restrictions.get("minimum_amount")
    if least is not None and restrictions["minimum_amount_currency"] == currency and amount < least:
        raise refused("This promotion code needs a larger amount.", param)


def check_products(offer: Offered, products: list[str], param: str) -> None:
    """Raise if the coupon is for none of these products."""
    if not any(coupons.is_for(offer.coupon, product) for product in products):
        raise refused("This promotion code cannot be applied to any of these products.", param)


def _has_paid(work: Work, customer: str | None) -> bool:
    paid = "customer = ? AND json_extract(body, '$.status') = 'paid' AND json_extract(body, '$.amount_paid') > 0"
    return customer is not None and bool(work.store.select("invoice", paid, [customer]))


def give(work: Work, offers: list[Offered], customer: str, subscription: str, session: str | None = None) -> list[str]:
    """Make the offers discounts of a subscription, count them as redeemed, and return their ids."""
    return [_give(work, offer, customer, subscription, session) for offer in offers]


def _give(work: Work, offer: Offered, customer: str, subscription: str, session: str | None) -> str:
    coupon, code = offer.coupon, offer.code
    months = coupon["duration_in_months"]
    discount = shape(
        "discount",
        id=new_id("discount"),
        start=work.now,
        checkout_session=session,
        customer=customer,
        end=boundary(work.now, {"interval": "month", "interval_count": months}, 1) if months else None,
        promotion_code=code and code["id"],
        source={"coupon": coupon["id"], "type": "coupon"},
        subscription=subscription,
    )
    work.store.insert(discount, None, None, work.test_clock)
    work.emit("customer.discount.created", discount)
    coupons.redeem(work, coupon["id"])
    if code is not None:
        promotion_codes.redeem(work, work.get("promotion_code", code["id"]))
    return str(discount["id"])


def standing(work: Work, subscription: Json) -> list[tuple[str, Json]]:
    """Return the pairs of discount id and coupon that an invoice made now takes off, in their order."""
    living = [one for one in subscription["discounts"] if _lasts(work.get("discount", one), work.now)]
    return coupons_of(work, living)


def _lasts(discount: Json, now: int) -> bool:
    return discount["end"] is None or now < int(discount["end"])


def coupons_of(work: Work, discounts: list[str]) -> list[tuple[str, Json]]:
    """Return the coupon of each discount beside its id."""
    found = [work.get("discount", identifier) for identifier in discounts]
    return [(one["id"], coupons.terms_of(work, one["source"]["coupon"])) for one in found]


def left_after(work: Work, subscription: Json, invoice: Json) -> list[str]:
    """Return the discounts a subscription still has after an invoice, and tell of those that are gone.

    A discount of duration `once` is for the first charge: an invoice it took nothing off leaves it in place.
    """
    taken = {each["discount"] for each in invoice["total_discount_amounts"] if each["amount"]}
    kept = [
        identifier
        for identifier, coupon in standing(work, subscription)
        if not (coupon["duration"] == "once" and identifier in taken)
    ]
    take_away(work, [identifier for identifier in subscription["discounts"] if identifier not in kept])
    return kept


def take_away(work: Work, discounts: list[str]) -> None:
    """Tell that a subscription no longer has these discounts."""
    for identifier in discounts:
        work.emit("customer.discount.deleted", work.get("discount", identifier))
