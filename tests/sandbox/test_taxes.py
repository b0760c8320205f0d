"""Tax rates: part of the price or on top of it, exact to the minor unit on every line."""

from typing import Any

import pytest
import stripe

from paywall.sandbox.billing.invoices.amounts import Terms, reckon
from tests.sandbox.conftest import Shop
from tests.sandbox.test_lifecycle import subscribe_by_api


def rate(shop: Shop, percentage: float, *, inclusive: bool = True) -> Any:
    return shop.client.v1.tax_rates.create(
        {"display_name": "VAT", "percentage": percentage, "inclusive": inclusive, "country": "DE"}
    )


def first_invoice(shop: Shop, *rates: Any) -> Any:
    made = subscribe_by_api(shop, default_tax_rates=[one.id for one in rates])
    return shop.client.v1.invoices.retrieve(str(made.latest_invoice))


class TestATaxRate:
    def test_is_made_renamed_archived_and_listed(self, shop: Shop) -> None:
        made = rate(shop, 7.0)
        assert (made.percentage, made.effective_percentage, made.inclusive) == (7.0, 7.0, True)
        archived = shop.client.v1.tax_rates.update(made.id, {"display_name": "Tax", "active": False})
        assert (archived.display_name, archived.active) == ("Tax", False)
        assert shop.client.v1.tax_rates.retrieve(made.id).active is False
        assert shop.client.v1.tax_rates.list({"active": True}).data == []

    @pytest.mark.parametrize("wrong", ["101", "-1", "seven", "7.00001", ""])
    def test_of_no_percentage_is_refused(self, shop: Shop, wrong: str) -> None:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            shop.client.v1.tax_rates.create({"display_name": "VAT", "percentage": wrong, "inclusive": True})
        assert caught.value.param == "percentage"

    def test_that_is_archived_cannot_be_used(self, shop: Shop) -> None:
        made = rate(shop, 7.0)
        shop.client.v1.tax_rates.update(made.id, {"active": False})
        with pytest.raises(stripe.InvalidRequestError, match="inactive"):
            subscribe_by_api(shop, default_tax_rates=[made.id])


class TestAnInvoice:
    def test_with_an_inclusive_rate_costs_the_price(self, shop: Shop) -> None:
        vat = rate(shop, 7.0)
        invoice = first_invoice(shop, vat)
        assert (invoice.total, invoice.total_excluding_tax, invoice.subtotal_excluding_tax) == (499, 466, 466)
        tax = invoice.total_taxes[0]
        assert (tax.amount, tax.tax_behavior, tax.taxable_amount) == (33, "inclusive", 466)
        assert (tax.type, tax.tax_rate_details.tax_rate) == ("tax_rate_details", vat.id)
        assert invoice.lines.data[0].taxes[0].amount == 33
        assert invoice.default_tax_rates[0].id == vat.id

    def test_with_an_exclusive_rate_costs_more(self, shop: Shop) -> None:
        invoice = first_invoice(shop, rate(shop, 19.0, inclusive=False))
        assert (invoice.subtotal, invoice.total, invoice.total_excluding_tax, invoice.amount_paid) == (
            499,
            594,
            499,
            594,
        )

    def test_of_an_exempt_customer_has_no_tax(self, shop: Shop) -> None:
        vat = rate(shop, 19.0, inclusive=False)
        made = subscribe_by_api(shop, default_tax_rates=[vat.id])
        shop.client.v1.customers.update(str(made.customer), {"tax_exempt": "exempt"})
        preview = shop.client.v1.invoices.create_preview({"subscription": made.id})
        assert (preview.total, preview.total_taxes[0].taxability_reason) == (499, "customer_exempt")

    def test_at_checkout_is_as_the_session_said(self, shop: Shop) -> None:
        vat = rate(shop, 7.0)
        session = shop.session(shop.customer(), subscription_data={"default_tax_rates": [vat.id]})
        assert (session.amount_total, session.total_details.amount_tax) == (499, 33)
        shop.pay(session)
        subscription = shop.client.v1.subscriptions.list().data[0]
        assert [one.id for one in subscription.default_tax_rates] == [vat.id]
        assert shop.client.v1.invoices.list().data[0].total_taxes[0].amount == 33


class TestTheSums:
    @pytest.mark.parametrize("amount", [0, 1, 7, 499, 999, 12_345, -499, -1])
    @pytest.mark.parametrize("percentage", [0, 7, 7.7, 19, 5.5, 100])
    @pytest.mark.parametrize("inclusive", [True, False])
    def test_agree_to_the_unit(self, amount: int, percentage: float, *, inclusive: bool) -> None:
        line: dict[str, Any] = {"amount": amount, "discountable": True}
        vat = {"id": "txr_1", "percentage": percentage, "inclusive": inclusive}
        sums = reckon([line], Terms([], [vat]))
        tax = sums["total_taxes"][0]["amount"]
        assert sums["total"] == sums["total_excluding_tax"] + tax
        assert sums["total"] == (amount if inclusive else amount + tax)
        assert abs(tax) <= abs(sums["total"])
