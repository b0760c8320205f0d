"""What a change costs, said before it is made: today's payment to the minor unit, the next one and its day."""

from dataclasses import dataclass
from datetime import datetime

from paywall.billing.catalogue.money import Money
from paywall.billing.changing.choosing import Choice, choose
from paywall.billing.changing.rules import after_periods
from paywall.billing.parts import Billing
from paywall.billing.snapshots.fields import at
from paywall.billing.snapshots.invoice import read_invoice
from paywall.billing.stripe_calls.asking import Json
from paywall.billing.stripe_errors import StripeRefused
from paywall.billing.subscriptions.status import Status
from paywall.billing.subscriptions.tables import Subscription


@dataclass(frozen=True, slots=True)
class Preview:
    """What will be paid; `at` is the moment of Stripe's reckoning, in Unix seconds, and goes along with the order."""

    choice: Choice
    at: int
    due: Money
    """Today."""
    starts_at: datetime | None
    """When the new price is paid for the first time as a whole, or again."""

    @property
    def seal(self) -> str:
        """What tells this preview from one that says something else."""
        return f"{self.choice.lookup_key}/{self.due.minor}/{self.starts_at and int(self.starts_at.timestamp())}"


def preview_change(billing: Billing, reader_id: int, lookup_key: str, now: datetime, moment: int = 0) -> Preview:
    """Return what changing to a price costs, reckoned for `moment` (Unix seconds; now without it); changes nothing.

    Raises CannotChangeNow, NotAChoice, and the situations of `stripe_errors`.
    """
    row, choice = choose(billing, reader_id, lookup_key, now)
    moment = moment or int(now.timestamp())
    if row.status == Status.TRIALING or not choice.at_once:
        return Preview(choice, moment, Money(0, choice.currency), row.period_end_at)
    found = billing.gateway.preview_invoice(
        {
            "customer": row.customer_id,
            "subscription": row.stripe_id,
            "subscription_details": at_once(billing, row, choice, moment),
        }
    )
    due = Money(found["amount_due"], choice.currency)
    return Preview(choice, moment, due, _next_payment_at(choice, found, moment))


def at_once(billing: Billing, row: Subscription, choice: Choice, moment: int) -> Json:
    """Return the change as Stripe takes it, for a preview as for the order; in a trial there is nothing to prorate."""
    items = [{"id": _item_of(billing, row), "price": price_at_stripe(billing, choice)}]
    if row.status == Status.TRIALING:
        return {"items": items, "proration_behavior": "none"}
    return {"items": items, "proration_behavior": "always_invoice", "proration_date": moment}


def price_at_stripe(billing: Billing, choice: Choice) -> str:
    """Return Stripe's id of the chosen price; raises StripeRefused if it is missing there, or costs something else."""
    found = billing.gateway.find_prices([choice.lookup_key]).get(choice.lookup_key)
    if found is None or found.get("unit_amount") != choice.rate.amount_minor:
        raise StripeRefused
    return str(found["id"])


def _item_of(billing: Billing, row: Subscription) -> str:
    found = billing.gateway.retrieve_subscription(row.stripe_id, expand=())
    return str(found["items"]["data"][0]["id"])


def _next_payment_at(choice: Choice, found: Json, moment: int) -> datetime:
    """Return when the next payment follows: at the end of the period that the invoice reaches to."""
    reaches_to = read_invoice({**found, "id": found.get("id") or ""}).period_end_at
    return reaches_to or after_periods(at(moment), choice.rate, 1)
