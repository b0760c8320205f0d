"""What a checkout session sells: its lines, with the discount, the tax and the trial they come with, and its sums."""

from paywall.sandbox.billing import tax_rates
from paywall.sandbox.billing.cycle import trials
from paywall.sandbox.billing.discounts import applying, promotion_codes
from paywall.sandbox.billing.discounts.applying import Offered
from paywall.sandbox.billing.invoices.amounts import Terms, net_of, reckon
from paywall.sandbox.state.errors import ApiError, invalid, refused
from paywall.sandbox.state.ids import new_id
from paywall.sandbox.state.shapes import Json, shape
from paywall.sandbox.state.work import Work

_SOONEST_TRIAL_END_SECONDS = 2 * 86_400


def line(work: Work, row: Json, place: int) -> Json:
    """Return the line for a row of `line_items`; raises for a price that cannot be sold."""
    name = f"line_items[{place}][price]"
    price = work.get("price", row["price"], name)
    if not price["active"]:
        raise refused("The price specified is inactive. This field only accepts active prices.", name)
    quantity = row.get("quantity")
    if quantity is None:
        raise invalid("Quantity is required. Add `quantity` to `" + name.removesuffix("[price]") + "`", name)
    return shape(
        "item",
        id=new_id("item"),
        currency=price["currency"],
        description=work.get("product", price["product"])["name"],
        price=price,
        quantity=quantity,
    )


def check_lines(wanted_currency: str | None, lines: list[Json]) -> None:
    """Raise unless the lines can be sold together as one subscription."""
    if not lines:
        raise invalid("Missing required param: line_items.", "line_items", "parameter_missing")
    if len({wanted_currency or lines[0]["currency"], *(line["currency"] for line in lines)}) > 1:
        raise refused("All prices of a session must be in the same currency.", "currency")
    if not any(line["price"]["recurring"] for line in lines):
        raise refused(
            "You must provide at least one recurring price in `subscription` mode when using prices.", "line_items"
        )
    if len({str(line["price"]["recurring"]) for line in lines}) > 1:
        raise refused("The sandbox sells prices of one interval in a session.", "line_items")


def check_trial(work: Work, data: Json) -> None:
    """Raise unless the trial that `subscription_data` asks for can be had."""
    end = trials.end_of(work, data)
    if "trial_end" in data and (end is None or end < work.now + _SOONEST_TRIAL_END_SECONDS):
        raise refused("The `trial_end` date has to be at least 2 days in the future.", "subscription_data[trial_end]")


def priced(work: Work, lines: list[Json], data: Json, offers: list[Offered]) -> Json:
    """Put the amounts due today on the lines and return the session's sums; in a trial nothing is due today."""
    rates = tax_rates.chosen(work, data.get("default_tax_rates", []), "subscription_data[default_tax_rates]")
    free = trials.end_of(work, data) is not None
    rows = [_row(each, free=free) for each in lines]
    sums = reckon(rows, Terms([(str(place), offer.coupon) for place, offer in enumerate(offers)], rates))
    for each, row in zip(lines, rows, strict=True):
        _price(each, row)
    details = {
        "amount_discount": sum(each["amount_discount"] for each in lines),
        "amount_shipping": 0,
        "amount_tax": sum(each["amount_tax"] for each in lines),
    }
    return {"amount_subtotal": sums["subtotal"], "amount_total": sums["total"], "total_details": details}


def _row(each: Json, *, free: bool) -> Json:
    amount = 0 if free else each["price"]["unit_amount"] * each["quantity"]
    pricing = {"price_details": {"product": each["price"]["product"]}}
    return {"amount": amount, "discountable": True, "pricing": pricing}


def _price(each: Json, row: Json) -> None:
    added = sum(tax["amount"] for tax in row["taxes"] if tax["tax_behavior"] == "exclusive")
    each |= {
        "amount_discount": row["amount"] - net_of(row),
        "amount_subtotal": row["amount"],
        "amount_tax": sum(tax["amount"] for tax in row["taxes"]),
        "amount_total": net_of(row) + added,
    }


def offers_of(work: Work, session: Json) -> list[Offered]:
    """Return what was offered with the session, or typed on its page."""
    return applying.named(work, work.store.private(session["id"])["discounts"])


def shown_discounts(offers: list[Offered]) -> list[Json]:
    """Return the offers as a session shows them."""
    return [{"coupon": offer.coupon["id"], "promotion_code": offer.code and offer.code["id"]} for offer in offers]


def apply_code(work: Work, session: Json, typed: str) -> str:
    """Put the promotion code typed on the page on the session, an empty one takes it off; return the error, if any."""
    code = promotion_codes.active(work, typed) if typed else None
    if typed and code is None:
        return "This code is invalid."
    rows = [{"promotion_code": code["id"]}] if code else []
    try:
        offers = applying.offered(work, rows, session["customer"], session["currency"])
        for offer in offers:
            applying.check_minimum(offer, _full_price(work, session), session["currency"], "discounts[0]")
            applying.check_products(offer, _products(work, session), "discounts[0]")
    except ApiError as error:
        return error.message
    _reprice(work, session, rows, offers)
    return ""


def _full_price(work: Work, session: Json) -> int:
    """Return what a period costs without a trial."""
    lines = work.store.private(session["id"])["line_items"]
    return sum(each["price"]["unit_amount"] * each["quantity"] for each in lines)


def _products(work: Work, session: Json) -> list[str]:
    return [each["price"]["product"] for each in work.store.private(session["id"])["line_items"]]


def _reprice(work: Work, session: Json, rows: list[Json], offers: list[Offered]) -> None:
    private = work.store.private(session["id"])
    sums = priced(work, private["line_items"], private["subscription_data"], offers)
    work.store.set_private(session["id"], {**private, "discounts": rows})
    work.change(session, **sums, discounts=shown_discounts(offers))
