"""Asking Stripe about money: invoices, payments, refunds, disputes, and what a change would cost."""

from collections.abc import Sequence

from paywall.billing.stripe_calls.asking import PAGE, Asking, Json


class Moving(Asking):
    """What is needed to know where money went, and to move it."""

    def retrieve_invoice(self, invoice_id: str) -> Json:
        """Return an invoice; raises StripeNotFound."""
        return self.ask(lambda v1: v1.invoices.retrieve(invoice_id))

    def list_invoices(self, subscription_id: str, expand: Sequence[str] = ()) -> list[Json]:
        """Return all invoices of a subscription, newest first; expand as in `data.payments`."""
        params = {"subscription": subscription_id, "limit": PAGE, "expand": list(expand)}
        return list(self.ask_all(lambda v1: v1.invoices.list(params)))

    def list_invoice_payments(self, invoice_id: str) -> list[Json]:
        """Return what was paid on an invoice."""
        return list(self.ask_all(lambda v1: v1.invoice_payments.list({"invoice": invoice_id, "limit": PAGE})))

    def preview_invoice(self, params: Json) -> Json:
        """Return the invoice that a change would make, line by line; nothing is changed."""
        return self.ask(lambda v1: v1.invoices.create_preview(params))

    def retrieve_payment_intent(self, payment_id: str) -> Json:
        """Return a payment intent; raises StripeNotFound."""
        return self.ask(lambda v1: v1.payment_intents.retrieve(payment_id))

    def create_refund(self, params: Json, *, idempotency_key: str) -> Json:
        """Give money back: `{"payment_intent": …}` or `{"charge": …}`, all of it unless `amount` is given."""
        return self.ask(lambda v1: v1.refunds.create(params, {"idempotency_key": idempotency_key}))

    def list_refunds(self, charge: str) -> list[Json]:
        """Return all refunds of a charge, newest first; the list inside a charge ends after ten."""
        return list(self.ask_all(lambda v1: v1.refunds.list({"charge": charge, "limit": PAGE})))

    def list_charges(self, customer: str, expand: Sequence[str] = ()) -> list[Json]:
        """Return a customer's charges, newest first; `amount_refunded` says how much of each went back."""
        params = {"customer": customer, "limit": PAGE, **({"expand": list(expand)} if expand else {})}
        return list(self.ask_all(lambda v1: v1.charges.list(params)))

    def list_disputes(self, charge: str) -> list[Json]:
        """Return the disputes about a charge, newest first."""
        return list(self.ask_all(lambda v1: v1.disputes.list({"charge": charge, "limit": PAGE})))
