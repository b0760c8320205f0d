"""The table of bad deeds in /admin: each row is a test that is named after it; the last says that none is left out.

Bad questions to the list of subscribers are rows of `admin.tsv`; `tests/admin/subscribers/test_bad_input.py` asks them.
"""

import csv
import gzip
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from paywall.admin.acting.bulk.tables import BulkAct
from paywall.app import Product
from paywall.entitlements.tables import EntitlementRow
from paywall.publishers.profiles import choose
from paywall.readers.tables import Reader
from paywall.staff.acts import new_act
from paywall.staff.rules import Role
from tests.billing.stripe_world import add_reader
from tests.readers.browser import Browser
from tests.staff.conftest import product
from tests.staff.people import Person, deeds, member, person

__all__ = ["product"]

CASES = Path(__file__).resolve().parents[1] / "cases"
LIST = "/admin/subscribers"
WHY = "Asked for by letter"


def ids_of(name: str) -> set[str]:
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return {row["id"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


@pytest.fixture
def viewer(product: Product) -> Person:
    return member(product, Role.VIEWER)


@pytest.fixture
def support(product: Product) -> Person:
    return member(product, Role.SUPPORT)


@pytest.fixture
def admin(product: Product) -> Person:
    return member(product, Role.ADMIN)


class TestWhoMay:
    def test_adm_s01_who_is_not_of_the_staff_finds_no_such_page(self, product: Product) -> None:
        assert person(product, "leyla@example.org").browser.get(LIST).status_code == 404
        answer = Browser(product.flask).get(LIST)
        assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/login")

    @pytest.mark.parametrize("deed", ["refund", "cancel", "cancel-now"])
    def test_adm_s03_a_viewer_neither_gives_money_back_nor_cancels(self, viewer: Person, deed: str) -> None:
        reader_id = add_reader(viewer.product.database, viewer.publisher_id, "leyla@example.org")
        assert viewer.act(f"{LIST}/{reader_id}/{deed}", {"reason": WHY}).status_code == 403

    def test_adm_s22_a_viewer_exports_nothing(self, viewer: Person) -> None:
        assert viewer.act(f"{LIST}/export", {"query": ""}).status_code == 403
        assert deeds(viewer.product, "subscribers_exported") == []


class TestTheReadersOfAnotherNewspaper:
    @pytest.fixture
    def theirs(self, product: Product) -> int:
        return add_reader(product.database, choose(product.database, "other").id, "murad@example.org")

    @pytest.mark.parametrize("page", ["", "/comp", "/sign-out", "/erase", "/view"])
    def test_adm_s18_are_nobody_here(self, admin: Person, theirs: int, page: str) -> None:
        assert admin.browser.get(f"{LIST}/{theirs}{page}").status_code == 404

    def test_adm_s18_nothing_is_done_to_them(self, admin: Person, theirs: int) -> None:
        answer = admin.act(f"{LIST}/{theirs}/comp", {"days": "7", "reason": WHY})
        assert (answer.status_code, rights(admin.product)) == (404, 0)

    def test_adm_s24_an_act_on_many_takes_no_numbers_of_readers(self, support: Person, theirs: int) -> None:
        """Whom it is about is a question to the list; one that names a reader, or many, is none."""
        for query in (f"reader_id={theirs}", f"ids={theirs}"):
            form = {"kind": "comp", "days": "7", "reason": WHY, "query": query, "seal": "x"}
            assert support.act(f"{LIST}/bulk", form).status_code in (400, 404)
        assert rights(support.product) == 0

    def test_adm_s24_an_act_on_many_reaches_none_of_them(self, support: Person, theirs: int) -> None:
        ours = add_reader(support.product.database, support.publisher_id, "leyla@example.org")
        form = {"kind": "comp", "days": "7", "reason": WHY, "query": "", "ids": str(theirs), "reader_id": str(theirs)}
        form["seal"] = seal_of(support, form)
        answer = support.act(f"{LIST}/bulk", form)
        assert answer.status_code == 303
        assert given_to(support.product) == {ours}

    def test_adm_s24_their_act_on_many_is_not_there(self, support: Person, theirs: int) -> None:
        them = member(support.product, Role.SUPPORT, "them@example.com", "other")
        form = {"kind": "comp", "days": "7", "reason": WHY, "query": ""}
        them.act(f"{LIST}/bulk", {**form, "seal": seal_of(them, form)})
        with support.product.database.reading() as session:
            number = session.scalar(select(BulkAct.id))
        assert given_to(support.product) == {theirs}
        assert support.browser.get(f"{LIST}/bulk/{number}").status_code == 404


class TestWhatIsNoNumber:
    @pytest.mark.parametrize("number", ["abc", "100000000000000000000000", "-1", "1_000", "\uff11\uff12", "0"])
    def test_adm_s19_is_nobodys(self, admin: Person, number: str) -> None:
        assert admin.browser.get(f"{LIST}/{number}").status_code == 404
        assert admin.browser.get(f"{LIST}/{number}/comp").status_code == 404


class TestTheExport:
    def test_adm_s21_comes_in_pieces_and_is_noted_once(
        self, product: Product, support: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("paywall.admin.ground.sheets.AT_ONCE", 5)
        for number in range(20):
            add_reader(product.database, support.publisher_id, f"reader{number}@example.org")
        answer = support.act(f"{LIST}/export", {"query": ""})
        pieces = list(answer.iter_encoded())
        assert answer.is_streamed
        assert len(pieces) > 4
        assert b"".join(pieces).decode("utf-8-sig").count("\r\n") == 22
        [noted] = deeds(product, "subscribers_exported")
        assert noted.actor == support.staff.actor


class TestAForm:
    def test_adm_s25_without_its_csrf_token_does_nothing(self, support: Person) -> None:
        reader_id = add_reader(support.product.database, support.publisher_id, "leyla@example.org")
        form = {"act": new_act(), "days": "7", "reason": WHY}
        answer = support.browser.client.post(f"{LIST}/{reader_id}/comp", data=form, base_url="https://news.test")
        assert (answer.status_code, rights(support.product)) == (400, 0)

    def test_adm_a33_without_a_body_does_nothing(self, support: Person) -> None:
        assert support.browser.client.post(f"{LIST}/views", base_url="https://news.test").status_code == 400

    def test_adm_a34_that_is_plain_text_does_nothing(self, support: Person) -> None:
        body = f"act={new_act()}&name=Mine&query=".encode()
        answer = support.browser.post_body(f"{LIST}/views", body, "text/plain")
        assert answer.status_code in (400, 422)
        assert deeds(support.product, "view_saved") == []

    def test_adm_a36_that_is_a_bomb_is_not_unpacked(self, support: Person) -> None:
        bomb = gzip.compress(b"name=" + b"x" * 10_000_000)
        headers = {"X-CSRFToken": support.browser.csrf_token(), "Content-Encoding": "gzip"}
        about = {"content_type": "application/x-www-form-urlencoded", "headers": headers}
        answer = support.browser.client.post(f"{LIST}/views", data=bomb, base_url="https://news.test", **about)
        assert answer.status_code in (400, 413, 415)


class TestAnAddressThatIsMarkup:
    @pytest.mark.parametrize("page", ["", "?q=%3Cimg", "/{id}", "/{id}/comp", "/{id}/erase", "/{id}/view"])
    def test_adm_s27_is_shown_as_text(self, admin: Person, page: str) -> None:
        markup = "<img/src=x/onerror=alert(1)>@example.org"
        reader_id = add_reader(admin.product.database, admin.publisher_id, "leyla@example.org")
        with admin.product.database.writing() as session:
            session.execute(update(Reader).where(Reader.id == reader_id).values(email=markup, email_normalized=markup))
        answer = admin.browser.get(LIST + page.format(id=reader_id))
        assert answer.status_code == 200
        assert "<img" not in answer.text
        assert "&lt;img" in answer.text
        policy = answer.headers["Content-Security-Policy"]
        assert ("unsafe-inline" in policy, "unsafe-eval" in policy) == (False, False)


class TestDaysOfAnotherZone:
    """Easter Saturday 2026, when the clocks of Lord Howe Island go back by half an hour, and the first zone of all."""

    @pytest.mark.parametrize(
        ("query", "is_in"),
        [
            ("from=2026-04-05T02:00%2B14:00&to=2026-04-05T02:30%2B14:00", True),
            ("from=2026-04-05T02:30%2B14:00", False),
            ("to=2026-04-05T02:00%2B14:00", False),
            ("from=2026-04-04T12:00Z&to=2026-04-04T12:30Z", True),
        ],
    )
    def test_adm_s09_hold_who_came_in_them(self, viewer: Person, query: str, is_in: bool) -> None:
        came_at = datetime(2026, 4, 4, 12, 15, tzinfo=UTC)
        reader_id = add_reader(viewer.product.database, viewer.publisher_id, "leyla@example.org")
        with viewer.product.database.writing() as session:
            session.execute(update(Reader).where(Reader.id == reader_id).values(created_at=came_at))
        answer = viewer.browser.get(f"{LIST}?{query}")
        assert (answer.status_code, "leyla@example.org" in answer.text) == (200, is_in)


class TestTheTable:
    def test_each_row_has_a_test_of_its_name(self) -> None:
        source = Path(__file__).read_text() + (CASES.parent / "admin" / "test_two_at_once.py").read_text()
        named = {f"ADM-{one.upper()}" for one in re.findall(r"def test_adm_([as]\d\d)_", source)}
        assert named == ids_of("admin_deeds.tsv")

    def test_the_questions_and_the_deeds_are_all_there_is(self) -> None:
        asked = {one[:7] for one in ids_of("admin.tsv")}
        assert not asked & ids_of("admin_deeds.tsv")
        assert len(asked | ids_of("admin_deeds.tsv")) == 43


def rights(product: Product) -> int:
    return len(given_to(product))


def given_to(product: Product) -> set[int]:
    """Return the readers who were given anything."""
    with product.database.reading() as session:
        return set(session.scalars(select(EntitlementRow.reader_id)))


def seal_of(somebody: Person, asked: dict[str, str]) -> str:
    """Return the seal that the preview of an act on many has."""
    page = somebody.browser.get(f"{LIST}/bulk", query_string=asked).text
    found = re.search(r'name="seal" value="([^"]+)"', page)
    assert found
    return found[1]
