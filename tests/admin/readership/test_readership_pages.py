"""The pages of readership: figures of one newspaper, in any period, each with its table as CSV."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from paywall import clock
from paywall.app import Product
from paywall.articles.tables import Article
from paywall.gate.decision import Reason
from paywall.publishers.profiles import choose
from paywall.publishers.rules import Profile
from paywall.readership.days import Counts, add_counts
from paywall.readership.replaying.working import work_off
from paywall.readership.rules import number_of
from paywall.readership.tables import ReadView
from paywall.staff.rules import Role
from tests.staff.people import Person, member

HERE = "/admin/readership"
DAY = datetime(2026, 10, 14, 9, tzinfo=UTC)
IN_OCTOBER = "from=2026-10-01&to=2026-10-31"


def profile_of(product: Product, slug: str = "news") -> Profile:
    return choose(product.database, slug)


def article(product: Product, title: str, section: str, slug: str = "news") -> int:
    row = Article(
        publisher_id=profile_of(product, slug).id, key=title, slug=title, title=title, section=section,
        access="metered", published_at=DAY, body_html="<p>Nine herons.</p>", preview_html="", word_count=2, version="1",
    )  # fmt: skip
    row.opens_at = DAY
    with product.database.writing() as session:
        session.add(row)
        session.flush()
        return row.id


def count(product: Product, article_id: int | None, host: str | None, day: datetime = DAY, **measures: int) -> None:
    counts = Counts()
    counts.add(profile_of(product).id, day.date(), article_id, host, **measures)
    with product.database.writing() as session:
        add_counts(session.connection(), counts)


def view(product: Product, holder: int, articles: int, reason: Reason = Reason.METERED, slug: str = "news") -> None:
    profile = profile_of(product, slug)
    rows = [
        {
            "publisher_id": profile.id, "meter_id": profile.default_meter.id, "holder": holder, "is_reader": False,
            "article_id": number, "outcome": number_of(reason), "referrer_host": None,
            "at": int(clock.now().timestamp()),
        }
        for number in range(articles)
    ]  # fmt: skip
    with product.database.writing() as session:
        session.execute(insert(ReadView), rows)


def rows_of(page: str, heading: str) -> dict[str, list[str]]:
    """Return the rows of the table below a heading, by their first cell, without markup."""
    table = page.split(f'id="{heading}"')[1].split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    found = re.findall(r"<tr><th[^>]*>(.*?)</th>(.*?)</tr>", table, re.DOTALL)
    return {re.sub(r"<[^>]*>", "", name): re.findall(r"<td[^>]*>(.*?)</td>", cells) for name, cells in found}


def sheet_of(somebody: Person, path: str) -> list[list[str]]:
    answer = somebody.browser.get(f"{HERE}/{path}")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.fixture
def viewer(product: Product) -> Person:
    return member(product, Role.VIEWER)


class TestTheFunnel:
    @pytest.fixture
    def harbour(self, product: Product) -> int:
        harbour, ships = article(product, "Harbour", "city"), article(product, "Ships", "sea")
        count(product, harbour, "search.example", views=900, walls=400, sign_ups=40, checkouts=10, paid=4)
        count(product, harbour, None, DAY + timedelta(days=1), views=100, walls=100)
        count(product, ships, "search.example", views=50, walls=20, paid=1)
        count(product, ships, None, DAY - timedelta(days=40), views=7000, walls=7000)
        return harbour

    def test_by_article_section_and_referrer(self, viewer: Person, harbour: int) -> None:
        def lines(by: str) -> dict[str, list[str]]:
            return rows_of(viewer.browser.get(f"{HERE}?{IN_OCTOBER}&by={by}").text, "lines")

        assert lines("article") == {"Harbour": ["1,000", "500", "40", "10", "4"], "Ships": ["50", "20", "0", "0", "1"]}
        assert lines("section") == {"city": ["1,000", "500", "40", "10", "4"], "sea": ["50", "20", "0", "0", "1"]}
        assert lines("referrer") == {
            "search.example": ["950", "420", "40", "10", "5"], "none, or not told": ["100", "100", "0", "0", "0"],
        }  # fmt: skip
        assert list(lines("day")) == ["2026-10-14", "2026-10-15"]
        assert f'href="/admin/articles/{harbour}"' in viewer.browser.get(f"{HERE}?{IN_OCTOBER}").text

    @pytest.mark.usefixtures("harbour")
    def test_the_figures_above_are_the_sums(self, viewer: Person) -> None:
        page = viewer.browser.get(f"{HERE}?{IN_OCTOBER}").text
        assert re.findall(r'class="figure">([^<]*)<', page) == ["1,050", "520", "40", "10", "5"]
        assert "49.5% of views" in page
        assert "31 Oct 2026" in page

    def test_every_line_is_in_the_csv(self, viewer: Person, harbour: int) -> None:
        head, *rows = sheet_of(viewer, f"funnel.csv?{IN_OCTOBER}")
        assert head == ["article", "title", "views", "walls", "sign-ups", "checkouts", "paid"]
        assert rows[0] == [str(harbour), "Harbour", "1000", "500", "40", "10", "4"]
        assert sheet_of(viewer, f"funnel.csv?{IN_OCTOBER}&by=section")[1][:3] == ["city", "", "1000"]

    @pytest.mark.usefixtures("harbour")
    def test_a_neighbour_sees_nothing_of_it(self, product: Product) -> None:
        neighbour = member(product, Role.VIEWER, slug="other")
        page = neighbour.browser.get(f"{HERE}?{IN_OCTOBER}").text
        assert "Harbour" not in page
        assert "Nothing was read in these days" in page

    def test_lost_views_are_said(self, product: Product, viewer: Person) -> None:
        counts = Counts()
        counts.lose(profile_of(product).id, DAY.date(), 1204)
        with product.database.writing() as session:
            add_counts(session.connection(), counts)
        assert "1,204 views of these days" in viewer.browser.get(f"{HERE}?{IN_OCTOBER}").text


class TestTheMeterNow:
    def test_it_says_that_it_is_working_then_who_used_what(self, product: Product, viewer: Person) -> None:
        for holder, articles in ((1, 3), (2, 3), (3, 1)):
            view(product, holder, articles)
        view(product, 3, 1, Reason.METER_USED_UP)
        first = viewer.browser.get(f"{HERE}/meter")
        assert "Working at it: 0%" in first.text
        assert first.headers["Refresh"] == "3"
        assert viewer.browser.get(f"{HERE}/meter.csv").status_code == 404
        assert work_off(product.database) == 1
        then = viewer.browser.get(f"{HERE}/meter")
        assert "Refresh" not in then.headers
        assert rows_of(then.text, "used") == {"0": ["0", "0"], "1": ["1", "0"], "2": ["0", "0"], "3": ["2", "0"]}
        assert re.findall(r'class="figure">([^<]*)<', then.text) == ["3", "1", "0", "0"]
        assert sheet_of(viewer, "meter.csv")[4] == ["3", "2", "0"]


class TestWhatIf:
    def test_another_allowance_is_compared_with_what_was(self, product: Product, viewer: Person) -> None:
        for holder, articles in ((1, 5), (2, 2)):
            view(product, holder, articles)
        view(product, 9, 5, slug="other")
        assert "Working at it" in viewer.browser.get(f"{HERE}/what-if?visitors=3").text
        work_off(product.database)
        page = viewer.browser.get(f"{HERE}/what-if?visitors=3&readers=10").text
        assert rows_of(page, "compared") == {
            "As it was": ["0", "0", "0", "0"],
            "With 5 and 10, as now": ["0", "0", "0", "0"],
            "With 3 and 10": ["2", "1", "0", "0"],
        }
        assert rows_of(viewer.browser.get(f"{HERE}/what-if?visitors=0").text, "compared")["With 0 and 10"][:2] == [
            "7",
            "2",
        ]
        table = sheet_of(viewer, "what-if.csv")
        assert (len(table), table[1], table[4]) == (52, ["0", "7", "2", "0", "0"], ["3", "2", "1", "0", "0"])

    def test_it_says_from_when_on_views_are_kept(self, viewer: Person) -> None:
        assert (
            "Views are kept one by one since"
            in viewer.browser.get(f"{HERE}/what-if?from=2026-02-01&to=2026-10-31").text
        )


BAD = (
    ("", "from=yesterday", "from"), ("", "to=2026-02-30", "to"), ("", "from=2026-10-02&to=2026-10-01", "from"),
    ("", "from=0001-01-01", "from"), ("", "from=2020-01-01", "from"), ("", "by=nothing", "by"),
    ("/meter", "meter=77", "meter"), ("/what-if", "meter=x", "meter"), ("/what-if", "visitors=-1", "visitors"),
    ("/what-if", "readers=51", "readers"), ("/what-if", "visitors=٣", "visitors"), ("/what-if", "to=9999-12-31", "to"),
)  # fmt: skip


class TestBadQuestions:
    @pytest.mark.parametrize(("path", "query", "field"), BAD)
    def test_are_answered_beside_the_field(self, viewer: Person, path: str, query: str, field: str) -> None:
        answer = viewer.browser.get(f"{HERE}{path}?{query}")
        assert answer.status_code == 400
        assert f'id="{field}-error"' in answer.text

    @pytest.mark.parametrize("path", ["funnel.csv?by=x", "funnel.csv?to=x", "what-if.csv?from=x", "meter.csv?meter=0"])
    def test_no_file_is_made_for_them(self, viewer: Person, path: str) -> None:
        assert viewer.browser.get(f"{HERE}/{path}").status_code in (400, 422)
