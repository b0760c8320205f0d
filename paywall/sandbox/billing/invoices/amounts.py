"""What an invoice comes to: discounts and taxes of each line, and the sums; exact, in minor units.

Every rounding is to the nearest unit, halves away from zero, once for each line and rate, as on Stripe's line items.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from paywall.sandbox.billing.discounts.coupons import is_for
from paywall.sandbox.state.shapes import Json


@dataclass(frozen=True)
class Terms:
    """What is taken off and put on: pairs of discount id and coupon, in order; tax rates; the payer's exemption."""

    discounts: list[tuple[str, Json]] = field(default_factory=list)
    tax_rates: list[Json] = field(default_factory=list)
    tax_exempt: str = "none"


def rounded(exact: Decimal) -> int:
    """Return the nearest whole number, halves away from zero."""
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def reckon(lines: list[Json], terms: Terms) -> Json:
    """Put discounts and taxes on the lines and return the sums of the invoice they make."""
    for line in lines:
        line["discount_amounts"] = []
    for identifier, coupon in terms.discounts:
        _take_off(lines, identifier, coupon)
    for line in lines:
        line["pretax_credit_amounts"] = [_credit(each) for each in line["discount_amounts"]]
        line["taxes"] = _taxes(net_of(line), terms)
    return _sums(lines, terms)


def net_of(line: Json) -> int:
    """Return what is left of a line after its discounts."""
    return int(line["amount"]) - sum(int(each["amount"]) for each in line["discount_amounts"])


def _take_off(lines: list[Json], identifier: str, coupon: Json) -> None:
    open_lines = [
        line for line in lines if line["discountable"] and net_of(line) > 0 and is_for(coupon, _product_of(line))
    ]
    for line, amount in zip(open_lines, _shares(open_lines, coupon), strict=True):
        line["discount_amounts"].append({"amount": amount, "discount": identifier})


def _product_of(line: Json) -> str | None:
    details = (line.get("pricing") or {}).get("price_details") or {}
    return details.get("product")


def _shares(lines: list[Json], coupon: Json) -> list[int]:
    """Return what each line loses: a percentage of its own, or its share of the amount; the last takes the rest."""
    nets = [net_of(line) for line in lines]
    if coupon["percent_off"] is not None:
        return [rounded(net * Decimal(str(coupon["percent_off"])) / 100) for net in nets]
    left, whole, shares = min(coupon["amount_off"], sum(nets)), sum(nets), []
    for net in nets:
        share = rounded(Decimal(left * net) / whole) if whole else 0
        shares.append(share)
        left, whole = left - share, whole - net
    return shares


def _credit(discounted: Json) -> Json:
    return {**discounted, "type": "discount"}


def _taxes(net: int, terms: Terms) -> list[Json]:
    inside = [rate for rate in terms.tax_rates if rate["inclusive"]]
    outside = [rate for rate in terms.tax_rates if not rate["inclusive"]]
    percent = sum((_percent(rate) for rate in inside), Decimal())
    contained = [rounded(net * _percent(rate) / (100 + percent)) for rate in inside]
    taxable = net - sum(contained)
    added = [rounded(taxable * _percent(rate) / 100) for rate in outside]
    pairs = zip([*inside, *outside], [*contained, *added], strict=True)
    return [_tax(rate, amount, taxable, terms.tax_exempt) for rate, amount in pairs]


def _percent(rate: Json) -> Decimal:
    return Decimal(str(rate["percentage"]))


_EXEMPTIONS = {"exempt": "customer_exempt", "reverse": "reverse_charge"}


def _tax(rate: Json, amount: int, taxable: int, exempt: str) -> Json:
    return {
        "amount": 0 if exempt in _EXEMPTIONS else amount,
        "tax_behavior": "inclusive" if rate["inclusive"] else "exclusive",
        "tax_rate_details": {"tax_rate": rate["id"]},
        "taxability_reason": _EXEMPTIONS.get(exempt, "standard_rated"),
        "taxable_amount": taxable,
        "type": "tax_rate_details",
    }


def _sums(lines: list[Json], terms: Terms) -> Json:
    subtotal = sum(line["amount"] for line in lines)
    discounts = _per(lines, "discount_amounts", "discount")
    taxes = _total_taxes(lines)
    added = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "exclusive")
    total = subtotal - sum(each["amount"] for each in discounts) + added
    undiscounted = [tax for line in lines for tax in _taxes(line["amount"], terms)]
    return {
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal - _inclusive(undiscounted),
        "total": total,
        "total_discount_amounts": discounts,
        "total_excluding_tax": total - added - _inclusive(taxes),
        "total_pretax_credit_amounts": [_credit(each) for each in discounts],
        "total_taxes": taxes,
    }


def _inclusive(taxes: Iterable[Json]) -> int:
    return sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "inclusive")


def _per(lines: list[Json], field_name: str, key: str) -> list[Json]:
    found: dict[str, int] = {}
    for each in (each for line in lines for each in line[field_name]):
        found[each[key]] = found.get(each[key], 0) + each["amount"]
    return [{"amount": amount, key: identifier} for identifier, amount in found.items()]


def _total_taxes(lines: list[Json]) -> list[Json]:
    found: dict[str, Json] = {}
    for tax in (tax for line in lines for tax in line["taxes"]):
        known = found.setdefault(tax["tax_rate_details"]["tax_rate"], {**tax, "amount": 0, "taxable_amount": 0})
        known["amount"] += tax["amount"]
        known["taxable_amount"] += tax["taxable_amount"]
    return list(found.values())


def owed(total: int, balance: int) -> tuple[int, int]:
    """Return what is due of a total and the balance left: a negative balance is credit, a negative total adds to it."""
    return max(0, total + balance), min(0, total + balance)
