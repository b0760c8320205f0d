"""What the accountant needs of a month: invoiced, received, given back, taken back, per currency, tax in it named.

Every sum is over one currency. A month is the calendar month in the publisher's time zone. The rules are pure: rows
in, sums out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from paywall.errors import BadInput

_DECEMBER = 12
GONE_BACK = frozenset({"succeeded", "pending", "requires_action"})
"""The states of a refund in which Stripe holds the money for given back."""


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month as two instants: from `begins_at` up to `ends_at`."""

    name: str
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One movement of money; `amount_minor` is negative for what went back, `tax_minor` the tax inside it."""

    at: datetime
    kind: str
    """`payment`, `refund` or `dispute`."""
    invoice_id: str
    number: str
    currency: str
    amount_minor: int
    tax_minor: int
    stripe_id: str


@dataclass(frozen=True, slots=True)
class Totals:
    """A month's sums in one currency, in minor units."""

    currency: str
    payments: int
    paid_minor: int
    refunds: int
    refunded_minor: int
    disputes: int
    disputed_minor: int
    tax_minor: int

    @property
    def net_minor(self) -> int:
        """What is left after refunds and lost disputes, tax still inside."""
        return self.paid_minor - self.refunded_minor - self.disputed_minor


def read_month(text: str, timezone: str) -> Month:
    """Return the month written as `2026-11`; raises BadInput naming `month`."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise BadInput("month", "Write the month as year and month: 2026-11.") from error
    following = date(first.year + first.month // _DECEMBER, first.month % _DECEMBER + 1, 1)
    zone = ZoneInfo(timezone)
    return Month(text, _midnight(first, zone), _midnight(following, zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def share_of_tax(amount_minor: int, total_minor: int, tax_minor: int) -> int:
    """Return how much of an invoice's tax lies in a part of what it is over, rounded half up."""
    if total_minor <= 0:
        return 0
    return (2 * amount_minor * tax_minor + total_minor) // (2 * total_minor)


def totals(lines: Iterable[Line]) -> list[Totals]:
    """Return the sums of each currency, in the order of their codes."""
    by_currency: dict[str, list[Line]] = {}
    for line in lines:
        by_currency.setdefault(line.currency, []).append(line)
    return [_sum(currency, by_currency[currency]) for currency in sorted(by_currency)]


def _sum(currency: str, lines: list[Line]) -> Totals:
    paid, back, lost = ([one for one in lines if one.kind == kind] for kind in ("payment", "refund", "dispute"))
    return Totals(
        currency=currency,
        payments=len(paid),
        paid_minor=sum(one.amount_minor for one in paid),
        refunds=len(back),
        refunded_minor=-sum(one.amount_minor for one in back),
        disputes=len(lost),
        disputed_minor=-sum(one.amount_minor for one in lost),
        tax_minor=sum(one.tax_minor for one in lines),
    )
