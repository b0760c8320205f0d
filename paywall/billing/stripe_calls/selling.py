"""Asking Stripe about customers, prices, payment pages and the billing portal."""

from collections.abc import Sequence
from typing import cast

from paywall.billing.stripe_calls.asking import PAGE, Asking, Json

PORTAL_MARK = {"paywall": "portal"}
"""The metadata by which our own billing portal is known."""

PRICE_MARK = "paywall_price"
"""Where a price's metadata names the lookup key it was made for; an older price has lost the key itself."""

TAX_MARK = "paywall_tax"
"""Where a tax rate says that it is ours, and a price which tax it includes: in percent, `18`."""

TAX_RATE_MARK = "paywall_tax_rate"
"""Where a price's metadata names the tax rate of that percentage."""


class Selling(Asking):
    """What is needed until a reader has paid."""

    # --- customers and prices ---

    def create_customer(self, *, email: str, metadata: dict[str, str], idempotency_key: str) -> Json:
        """Make a customer."""
        return self.ask(
            lambda v1: v1.customers.create({"email": email, "metadata": metadata}, {"idempotency_key": idempotency_key})
        )

    def update_customer(self, customer: str, params: Json) -> Json:
        """Change a customer, in what may be changed twice; raises StripeNotFound."""
        return self.ask(lambda v1: v1.customers.update(customer, params))

    def retrieve_customer(self, customer: str) -> Json:
        """Return a customer; of one that was deleted only the id and `deleted`. Raises StripeNotFound."""
        return self.ask(lambda v1: v1.customers.retrieve(customer))

    def find_prices(self, lookup_keys: Sequence[str]) -> dict[str, Json]:
        """Return the active prices of at most ten lookup keys, by key; what Stripe doesn't have is left out."""
        found = self.ask_all(
            lambda v1: v1.prices.list({"lookup_keys": list(lookup_keys), "active": True, "limit": PAGE})
        )
        return {price.get("lookup_key", ""): price for price in found}

    # --- checkout and the billing portal ---

    def create_checkout_session(self, params: Json, *, idempotency_key: str) -> Json:
        """Open a page at Stripe where a reader can pay; its `url` is where to send them."""
        return self.ask(lambda v1: v1.checkout.sessions.create(params, {"idempotency_key": idempotency_key}))

    def retrieve_checkout_session(self, session_id: str) -> Json:
        """Return a checkout session; raises StripeNotFound."""
        return self.ask(lambda v1: v1.checkout.sessions.retrieve(session_id))

    def expire_checkout_session(self, session_id: str) -> Json:
        """Close a checkout session that is still open; raises StripeRefused if it is not."""
        return self.ask(lambda v1: v1.checkout.sessions.expire(session_id))

    def list_checkout_sessions(self, customer: str, status: str) -> list[Json]:
        """Return a customer's sessions that are `open`, `complete` or `expired`."""
        params = {"customer": customer, "status": status, "limit": PAGE}
        return list(self.ask_all(lambda v1: v1.checkout.sessions.list(params)))

    def create_portal_session(self, customer: str, return_url: str, flow: Json | None = None) -> Json:
        """Open Stripe's billing portal; `flow` goes straight to one deed: `{"type": "payment_method_update"}`."""
        ours = self.portal_configuration()
        params = {
            "customer": customer,
            "return_url": return_url,
            **({"configuration": ours["id"]} if ours else {}),
            **({"flow_data": flow} if flow else {}),
        }
        return self.ask(lambda v1: v1.billing_portal.sessions.create(params))

    def portal_configuration(self) -> Json | None:
        """Return the billing portal that `paywall stripe setup` made; None before that."""
        found = self.ask_all(lambda v1: v1.billing_portal.configurations.list({"active": True, "limit": PAGE}))
        return next((one for one in found if PORTAL_MARK.items() <= (one.get("metadata") or {}).items()), None)

    def customer_of_payment(self, payment_id: str) -> str | None:
        """Return whose payment intent (`pi_…`), charge (`ch_…`) or refund (`re_…`) it is; raises StripeNotFound."""
        if payment_id.startswith("re_"):
            payment_id = self.ask(lambda v1: v1.refunds.retrieve(payment_id))["charge"]
        if payment_id.startswith("pi_"):
            return cast(str | None, self.ask(lambda v1: v1.payment_intents.retrieve(payment_id)).get("customer"))
        return cast(str | None, self.ask(lambda v1: v1.charges.retrieve(payment_id)).get("customer"))
