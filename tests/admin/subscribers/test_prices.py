"""What somebody pays is worded in one way, in the list as on a reader's own page and at the wall."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from paywall.admin.subscribers.finding.lines import Bought, Line
from paywall.admin.subscribers.showing.rows import row_of
from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.plans import Price
from paywall.billing.catalogue.wording import plain

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def line(money: Money, interval: str, count: int) -> Line:
    bought = Bought("sub_1", "cus_1", "active", "news:digital:month:eur", money, interval, count, None, None, True)
    return Line(7, "leyla@example.com", NOW, (bought,), ())


@pytest.mark.parametrize(
    ("money", "interval", "count", "words"),
    [
        (Money(499, "EUR"), "month", 1, "€4.99 a month"),
        (Money(1290, "EUR"), "month", 3, "€12.90 every 3 months"),
        (Money(4990, "AZN"), "year", 1, "49.90\N{NO-BREAK SPACE}₼ a year"),
        (Money(500, "JPY"), "week", 2, "¥500 every 2 weeks"),
    ],
)
def test_a_price_is_said_in_the_list_as_where_it_is_sold(money: Money, interval: str, count: int, words: str) -> None:
    price = Price(amount_minor=money.minor, currency=money.currency, interval=interval, interval_count=count)
    said = row_of(line(money, interval, count), {}, ZoneInfo("UTC"), NOW).price
    assert (said, plain(price, "en")) == (words, words)
