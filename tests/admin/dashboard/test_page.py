"""The dashboard as it is sent: figures with their definitions, charts with their tables, each of them as CSV."""

import csv
import io
import re
from datetime import date, timedelta
from html import unescape

import pytest
from sqlalchemy import insert

from paywall import clock
from paywall.app import Product
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.business.definitions import DEFINITIONS
from paywall.business.keeping.making import make_figures
from paywall.publishers.profiles import choose
from paywall.staff.rules import Role
from tests.staff.people import Person, member

HERE = "/admin/dashboard"
DAY = timedelta(days=1)
BAD = (
    ("from=yesterday", "from"),
    ("to=2026-13-01", "to"),
    ("from=1999-01-01", "from"),
    (f"from={date.max}", "from"),
    ("from=2001-01-01&by=day", "by"),
    ("by=hour", "by"),
    ("currency=XXX", "currency"),
    ("to=%00", "to"),
)
"""Questions that make no sense, and the field that is wrong."""


@pytest.fixture
def viewer(product: Product) -> Person:
    return member(product, Role.VIEWER)


def _subscribe(somebody: Person, currency: str, paid: int, days_ago: int) -> None:
    """Have the viewer subscribe by the year, that many days ago; figures are made."""
    at, name = clock.now() - days_ago * DAY, f"{currency}{days_ago}"
    common = {"publisher_id": somebody.publisher_id, "reader_id": somebody.reader_id, "currency": currency}
    ends_at = at.replace(day=1).replace(year=at.year + 1)
    subscription = {"stripe_id": f"sub_{name}", "customer_id": f"cus_{name}", "is_current": False, "status": "active"}
    price = {"price_id": "price_1", "amount_minor": paid, "interval": "year", "interval_count": 1}
    times = {"created_at": at, "period_end_at": clock.now() + 3 * DAY, "synced_at": clock.wall()}
    invoice = {"stripe_id": f"in_{name}", "subscription_id": f"sub_{name}", "status": "paid", "total_minor": paid}
    more = {"paid_minor": paid, "period_start_at": at.replace(day=1), "period_end_at": ends_at, "paid_at": at}
    with somebody.product.database.writing() as session:
        session.execute(insert(Subscription).values(**common, **subscription, **price, **times))
        session.execute(
            insert(Invoice).values(**common, **invoice, **more, created_at=at, reason="subscription_create")
        )
    make_figures(somebody.product.database, choose(somebody.product.database, "news"))


def _sheet(somebody: Person, name: str, query: str = "") -> list[list[str]]:
    answer = somebody.browser.get(f"{HERE}/{name}.csv{query}")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


class TestTheDashboard:
    def test_it_says_so_while_there_are_no_figures(self, viewer: Person) -> None:
        assert "being put together" in viewer.browser.get(HERE).text

    def test_it_says_so_where_nobody_subscribed(self, viewer: Person) -> None:
        make_figures(viewer.product.database, choose(viewer.product.database, "news"))
        assert "Nobody has subscribed yet" in viewer.browser.get(HERE).text

    def test_each_figure_has_its_definition_its_table_and_its_csv(self, viewer: Person) -> None:
        _subscribe(viewer, "EUR", 12_000, 5)
        text = " ".join(unescape(viewer.browser.get(HERE).text).split())
        for name, definition in DEFINITIONS.items():
            assert definition in text
            assert f'href="{HERE}/{name}.csv?from=' in text

    def test_what_was_paid_for_a_year_is_a_twelfth_of_it_each_month(self, viewer: Person) -> None:
        _subscribe(viewer, "EUR", 12_000, 5)
        text = viewer.browser.get(HERE).text
        assert re.search(r'class="figure">€10\.00</span> <a href="#movements">MRR', text)
        assert re.search(r'class="figure">1</span> <a href="#subscribers">', text)

    def test_the_movements_as_a_sheet_lead_from_opening_to_closing(self, viewer: Person) -> None:
        _subscribe(viewer, "EUR", 12_000, 5)
        rows = _sheet(viewer, "movements")
        assert rows[0][2:4] == ["opening", "new"]
        assert [row[3] for row in rows[1:]].count("10.00") == 1
        assert rows[-1][0] == "EUR"
        assert rows[-1][-1] == "10.00"

    def test_renewals_that_are_due_are_listed_by_day(self, viewer: Person) -> None:
        _subscribe(viewer, "EUR", 12_000, 5)
        assert "1 renewal</p>" in viewer.browser.get(HERE).text
        assert max(row[3] for row in _sheet(viewer, "due")[1:]) == "120.00"

    def test_every_currency_has_its_own_figures(self, viewer: Person) -> None:
        _subscribe(viewer, "EUR", 12_000, 5)
        _subscribe(viewer, "JPY", 2_400, 4)
        assert _sheet(viewer, "mrr", "?currency=JPY")[-1][-1] == "200"
        assert _sheet(viewer, "mrr", "?currency=EUR")[-1][-1] == "10.00"

    def test_any_period_by_day_week_or_month(self, viewer: Person) -> None:
        _subscribe(viewer, "EUR", 12_000, 5)
        today = clock.now().date()
        query = f"?from={today - 13 * DAY}&to={today}"
        assert len(_sheet(viewer, "mrr", f"{query}&by=day")) == 1 + 14
        assert len(_sheet(viewer, "mrr", f"{query}&by=week")) in (1 + 2, 1 + 3)
        assert _sheet(viewer, "mrr", f"{query}&by=day")[1][-1] == "0.00"

    def test_another_newspapers_money_is_not_in_it(self, viewer: Person) -> None:
        _subscribe(viewer, "EUR", 12_000, 5)
        stranger = member(viewer.product, Role.VIEWER, "else@example.com", "other")
        make_figures(viewer.product.database, choose(viewer.product.database, "other"))
        assert "Nobody has subscribed yet" in stranger.browser.get(HERE).text

    def test_there_is_no_other_table(self, viewer: Person) -> None:
        _subscribe(viewer, "EUR", 12_000, 5)
        assert viewer.browser.get(f"{HERE}/everything.csv").status_code == 404

    def test_a_bad_question_is_answered_beside_its_field(self, viewer: Person) -> None:
        _subscribe(viewer, "EUR", 12_000, 5)
        for query, field in BAD:
            answer = viewer.browser.get(f"{HERE}?{query}")
            assert (answer.status_code, f'id="{field}-error"' in answer.text) == (400, True), query
            assert viewer.browser.get(f"{HERE}/mrr.csv?{query}").status_code == 422
