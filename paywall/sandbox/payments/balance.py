"""The account's balance: one transaction for each movement of money, less Stripe's fee."""

from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import equals
from paywall.sandbox.wire.params import currency, text
from paywall.sandbox.wire.routes import Operation, listing, retrieving

_CATEGORIES = {"payment": "charge", "payment_refund": "refund"}


def card_fee(amount: int) -> int:
    """Return what Stripe keeps of a card payment, in minor units: 1.5 % and 25, as for a European card."""
    return (amount * 15 + 500) // 1000 + 25


def record(  # noqa: PLR0913 - a movement of money is exactly these facts
    work: Work, kind: str, amount: int, money: str, source: str, *, fee: int = 0, category: str = "", words: str = ""
) -> Json:
    """Book an amount in minor units (negative: it leaves the account) and return the transaction.

    `money` is the currency, `category` Stripe's reporting category where it is not the kind itself.
    """
    fees = {"amount": fee, "application": None, "currency": money, "description": "Stripe processing fees"}
    return work.add(
        "balance_transaction",
        amount=amount,
        available_on=work.now,
        currency=money,
        description=words or None,
        fee=fee,
        fee_details=[{**fees, "type": "stripe_fee"}] if fee else [],
        net=amount - fee,
        reporting_category=category or _CATEGORIES.get(kind, kind),
        source=source,
        type=kind,
    )


_FILTERS = {
    "currency": equals("$.currency", currency),
    "source": equals("$.source"),
    "type": equals("$.type", text()),
}

OPERATIONS: tuple[Operation, ...] = (
    retrieving("/v1/balance_transactions/<id>", "balance_transaction"),
    listing("/v1/balance_transactions", "balance_transaction", _FILTERS),
)
