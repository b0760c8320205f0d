"""Tax rates: a percentage that is part of the price (inclusive) or comes on top of it."""

from decimal import Decimal, InvalidOperation

from paywall.sandbox.state.errors import invalid
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import equals
from paywall.sandbox.wire.params import Declared, flag, merged, metadata, one_of, required, text
from paywall.sandbox.wire.routes import Operation, listing, retrieving

_TYPES = ("gst", "hst", "igst", "jct", "lease_tax", "pst", "qst", "rst", "sales_tax", "service_tax", "vat")
_MOST = 100
_PLACES = 4


def percentage(name: str, raw: object) -> float:
    """Accept a percentage from 0 to 100, with up to four decimal places; given back as a JSON number."""
    try:
        value = Decimal(str(raw))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise invalid(f"Invalid decimal: {str(raw)[:80]}", name, "parameter_invalid_decimal")
    if not 0 <= value <= _MOST or round(value, _PLACES) != value:
        raise invalid(f"Invalid {name}: must be from 0 to {_MOST}, with up to {_PLACES} decimal places.", name)
    return float(value)


def create(work: Work, params: Json) -> Json:
    """Make a tax rate."""
    params["metadata"] = merged({}, params.get("metadata", {}))
    return work.add("tax_rate", event="tax_rate.created", effective_percentage=params["percentage"], **params)


def update(work: Work, params: Json) -> Json:
    """Change what a tax rate is called; its percentage never changes."""
    rate = work.get("tax_rate", params.pop("id"))
    if "metadata" in params:
        params["metadata"] = merged(rate["metadata"], params["metadata"])
    return work.change(rate, event="tax_rate.updated", **params)


def chosen(work: Work, identifiers: list[str], param: str) -> list[Json]:
    """Return the tax rates of these ids as they are shown on a subscription; an archived one is refused."""
    rates = [work.get("tax_rate", each, f"{param}[{place}]") for place, each in enumerate(identifiers)]
    for place, rate in enumerate(rates):
        if not rate["active"]:
            raise invalid(f"Tax rate {rate['id']} is inactive and cannot be used.", f"{param}[{place}]")
    return rates


_WORDS: Declared = {
    "active": flag,
    "country": text(2),
    "description": text(),
    "display_name": text(100),
    "jurisdiction": text(200),
    "metadata": metadata,
    "state": text(3),
    "tax_type": one_of(*_TYPES),
}

OPERATIONS = (
    Operation(
        "POST",
        "/v1/tax_rates",
        create,
        {
            **_WORDS,
            "display_name": required(text(100)),
            "inclusive": required(flag),
            "percentage": required(percentage),
        },
    ),
    retrieving("/v1/tax_rates/<id>", "tax_rate"),
    Operation("POST", "/v1/tax_rates/<id>", update, _WORDS),
    listing(
        "/v1/tax_rates", "tax_rate", {"active": equals("$.active", flag), "inclusive": equals("$.inclusive", flag)}
    ),
)
