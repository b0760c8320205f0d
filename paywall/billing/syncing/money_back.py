"""Asking Stripe what of a customer's payments went back: by refund, or because the bank takes it back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from paywall.billing.snapshots.fields import Json, id_of, rows, whole
from paywall.billing.snapshots.invoice import InvoiceSnapshot
from paywall.billing.snapshots.money_back import DisputeSnapshot, RefundSnapshot, read_dispute, read_refund
from paywall.billing.stripe_calls.money import Moving
from paywall.billing.subscriptions.status import DISPUTED, LOST


@dataclass(frozen=True, slots=True)
class MoneyBack:
    """What went back of all of a customer's payments; `refunded` by the id of the payment intent and of the charge."""

    refunded: dict[str, int]
    refunds: tuple[RefundSnapshot, ...]
    disputes: tuple[DisputeSnapshot, ...]

    def told_to(self, invoice: InvoiceSnapshot) -> InvoiceSnapshot:
        """Return an invoice that knows what of its payments went back."""
        words = [one.status for one in self.disputes_of(invoice.payment_ids)]
        refunded = sum(self.refunded.get(payment, 0) for payment in invoice.payment_ids)
        return replace(invoice, refunded_minor=refunded, dispute=_worst(words))

    def refunds_of(self, payments: frozenset[str]) -> tuple[RefundSnapshot, ...]:
        """Return the refunds of these payments."""
        return tuple(one for one in self.refunds if one.payment_ids & payments)

    def disputes_of(self, payments: frozenset[str]) -> tuple[DisputeSnapshot, ...]:
        """Return the disputes about these payments."""
        return tuple(one for one in self.disputes if one.payment_ids & payments)


def ask_for_money_back(gateway: Moving, customer: str) -> MoneyBack:
    """Ask about all of a customer's payments: one read, and one more for each disputed or refunded in many parts."""
    charges = gateway.list_charges(customer, expand=("data.refunds",))
    refunds = [read_refund(one) for charge in charges for one in _refunds_of(gateway, charge)]
    disputed = [charge["id"] for charge in charges if charge.get("disputed")]
    disputes = [read_dispute(one) for charge in disputed for one in gateway.list_disputes(charge)]
    return MoneyBack(_refunded(charges), tuple(refunds), tuple(disputes))


def _refunds_of(gateway: Moving, charge: Json) -> Sequence[Json]:
    inside = charge.get("refunds")
    return gateway.list_refunds(charge["id"]) if whole(inside).get("has_more") else rows(inside)


def _refunded(charges: Iterable[Json]) -> dict[str, int]:
    refunded: dict[str, int] = {}
    for charge in charges:
        for name in (id_of(charge.get("payment_intent")), charge["id"]):
            if name:
                refunded[name] = refunded.get(name, 0) + (charge.get("amount_refunded") or 0)
    return refunded


def _worst(words: list[str]) -> str | None:
    """Return of several disputes the one that decides: an open one, else one that was lost."""
    return min(words, key=lambda word: (word not in DISPUTED, word != LOST), default=None)
