"""Asking Stripe whether the ids in a file are of this account: for the first few hundred, since each takes a call."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from paywall.billing.snapshots.fields import id_of
from paywall.billing.stripe_errors import StripeNotFound
from paywall.billing.stripe_gateway import StripeGateway
from paywall.importing.judging.rows import Problem, Row

MOST_ASKED = 200


@dataclass
class StripeCheck:
    """Asks about ids until it has asked often enough. Never with a transaction open."""

    gateway: StripeGateway
    left: int = MOST_ASKED

    def problems(self, rows: Sequence[Row]) -> list[Problem]:
        """Return what Stripe does not know of some rows; raises StripeUnavailable."""
        return [problem for row in rows for problem in self._of(row)]

    def _of(self, row: Row) -> Iterator[Problem]:
        if row.customer_id and self._may_ask() and not self._has_customer(row.customer_id):
            yield Problem(row.line, "customer", f"Stripe knows no customer {row.customer_id} in this account.")
        if row.subscription_id and self._may_ask():
            sentence = self._about_subscription(row)
            if sentence:
                yield Problem(row.line, "subscription", sentence)

    def _may_ask(self) -> bool:
        self.left -= 1
        return self.left >= 0

    def _has_customer(self, customer: str) -> bool:
        try:
            return not self.gateway.retrieve_customer(customer).get("deleted")
        except StripeNotFound:
            return False

    def _about_subscription(self, row: Row) -> str:
        try:
            found = self.gateway.retrieve_subscription(row.subscription_id)
        except StripeNotFound:
            return f"Stripe knows no subscription {row.subscription_id} in this account."
        is_other = row.customer_id and id_of(found.get("customer")) != row.customer_id
        return f"{row.subscription_id} is another customer's at Stripe." if is_other else ""
