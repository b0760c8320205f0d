"""The page as it is sent: what is filtered, who is in it, where to go on; bad input is answered beside its field."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from paywall import clock
from paywall.admin.subscribers.saved.keeping import views_of
from paywall.app import create_product
from paywall.audit import AuditEntry
from paywall.database import Database
from paywall.readers.finding import find_reader
from paywall.readers.tables import Reader, SignIn
from paywall.settings import Environment, Settings
from paywall.staff.joining import add_staff
from paywall.staff.proving import note_second_factor
from paywall.staff.rules import Role
from tests.admin.subscribers.world import NOW, World, build
from tests.databases import ENGINES, make_tables
from tests.readers.browser import Browser

HERE = "/admin/subscribers"


@dataclass
class Office:
    """A publication with a browser for each role, and one of a reader."""

    world: World
    browsers: dict[str, Browser]

    def readers(self) -> int:
        """How many there are in the list."""
        mine = (Reader.publisher_id == self.world.publisher_id, Reader.active)
        with self.world.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Reader).where(*mine)) or 0

    def deeds(self, action: str) -> list[AuditEntry]:
        """What the audit has of one kind, oldest first."""
        with self.world.database.reading() as session:
            found = select(AuditEntry).where(AuditEntry.action == action)
            return list(session.scalars(found.order_by(AuditEntry.id)))


@pytest.fixture(scope="module", params=ENGINES)
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One for all tests of this file, on each engine."""
    folder = tmp_path_factory.mktemp("office")
    url = f"sqlite:///{folder / 'office.sqlite3'}"
    if request.param == "postgres":
        url = request.getfixturevalue("new_postgres_url")()
    make_tables(url)
    world = build(Database(url))
    product = create_product(_settings(url, folder))
    names = ("reader", *Role)
    yield Office(world, {name: _signed_in(world, Browser(product.flask), name) for name in names})
    product.database.close()
    world.database.close()


def _settings(url: str, folder: Path) -> Settings:
    return Settings(
        secret_key="0123456789abcdef" * 2,
        base_url="https://news.test",
        env=Environment.TEST,
        database_url=url,
        meter_url=f"sqlite:///{folder / 'meter.sqlite3'}",
    )


def _signed_in(world: World, browser: Browser, name: str) -> Browser:
    """Sign somebody up, and have them work there in the role of that name, the second factor shown."""
    browser.sign_up(f"{name}@staff.example")
    if name in set(Role):
        with world.database.writing() as session:
            reader = find_reader(session, world.publisher_id, f"{name}@staff.example")
            member = add_staff(session, world.publisher_id, reader.id, Role(name), actor="command line")
            sign_in = session.scalars(select(SignIn.id).where(SignIn.reader_id == reader.id)).one()
            note_second_factor(session, sign_in, member.member_id, clock.wall())
    return browser


@pytest.fixture
def browser(office: Office) -> Browser:
    """The browser of somebody who helps readers."""
    return office.browsers["support"]


def act_in(page: TestResponse) -> str:
    """Return the token of a form on the page that changes something."""
    found = re.search(r'name="act" value="([^"]+)"', page.text)
    assert found
    return found[1]


def addresses(answer: TestResponse) -> list[str]:
    return re.findall(r'<th scope="row" dir="auto"><a href="/admin/subscribers/\d+">([^<]*)</a></th>', answer.text)


def link(answer: TestResponse, rel: str) -> str | None:
    found = re.search(rf'<a rel="{rel}"[^>]* href="([^"]+)"', answer.text)
    return found[1].replace("&amp;", "&") if found else None


class TestLooking:
    def test_one_walks_through_everybody_by_links_and_back(self, browser: Browser, office: Office) -> None:
        pages = [browser.get(f"{HERE}?per_page=30&sort=address")]
        while following := link(pages[-1], "next"):
            pages.append(browser.get(following))
        assert len(pages) == 3 == -(-office.readers() // 30)
        assert sum(len(addresses(page)) for page in pages) == office.readers()
        back = link(pages[-1], "prev")
        assert back
        assert addresses(browser.get(back)) == addresses(pages[-2])

    def test_what_is_filtered_stands_above_the_list_and_can_be_taken_away(self, browser: Browser) -> None:
        page = browser.get(f"{HERE}?status=past_due&q=a&from=2026-01-01")
        chips = re.findall(r'<a href="([^"]+)"><span dir="auto">([^<]+)</span>', page.text)
        assert [words for _, words in chips] == ["Search: a", "Status: past due", "Joined from: 2026-01-01"]
        assert chips[1][0] == f"{HERE}?q=a&amp;from=2026-01-01"
        assert '<option value="past_due" selected>' in page.text

    def test_nobody_found_is_said_with_the_way_back(self, browser: Browser) -> None:
        page = browser.get(f"{HERE}?q=nobody@nowhere.test")
        assert page.status_code == 200
        assert "Nobody was found" in page.text

    def test_states_are_words(self, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOW)
        text = browser.get(f"{HERE}?per_page=200").text
        for words in ("Subscribed", "On trial", "In grace, payment failed", "No subscription", "Reads free of charge"):
            assert words in text

    def test_names_that_would_run_are_only_shown(self, browser: Browser) -> None:
        page = browser.get(f"{HERE}?q=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E%22")
        assert "<img" not in page.text
        assert "&lt;img" in page.text


BAD = {
    "status=nope": "status",
    "from=2026-02-30": "from",
    "from=2026-03-02&to=2026-03-01": "from",
    "sort=password_hash": "sort",
    "page=1_000": "page",
    "page=%EF%BC%91": "page",
    "per_page=0": "per_page",
    "per_page=100000": "per_page",
    "q=" + "x" * 10_240: "q",
    "q=a%00b": "q",
    "q=x%0d%0aBcc:+v@evil.example": "q",
    "status[]=active": "status[]",
    "a=1&a=2": "a",
    "status=active&status=active": "status",
    "q=%ff%fe": "address",
    "q=%c0%af": "address",
    "&".join(f"x{number}=1" for number in range(99)): "address",
}


class TestBadInput:
    @pytest.mark.parametrize("query", BAD)
    def test_the_field_is_named_and_nothing_crashes(self, browser: Browser, query: str) -> None:
        page = browser.get(f"{HERE}?{query}")
        assert page.status_code == 400
        beside, above = f'id="{BAD[query]}-error"', f'role="alert">{BAD[query]}: '
        assert (beside in page.text) is not (above in page.text)

    def test_a_wrong_day_can_be_put_right_in_place(self, browser: Browser) -> None:
        text = browser.get(f"{HERE}?from=2026-02-30&q=ada").text
        assert re.search(
            r'id="from"[^>]*type="text"[^>]*value="2026-02-30"[^>]*aria-invalid="true"[^>]*autofocus', text
        )
        assert re.search(r'id="q"[^>]*value="ada"', text)


class TestTakingItAway:
    def test_the_csv_is_what_the_page_shows_and_the_audit_has_it(self, browser: Browser, office: Office) -> None:
        answer = browser.post(f"{HERE}/export", {"query": "q=ada&status=active"})
        assert answer.status_code == 200
        assert answer.content_type == "text/csv; charset=utf-8"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert 'attachment; filename="subscribers-' in answer.headers["Content-Disposition"]
        shown = addresses(browser.get(f"{HERE}?q=ada&status=active"))
        assert shown
        assert answer.text.count("\r\n") == 1 + len(shown)
        assert office.deeds("subscribers_exported")[-1].detail == {"filters": ["q", "status"]}

    @pytest.mark.parametrize("query", ["status=nope", "a=1", "q=%ff", "page=x"])
    def test_a_bad_question_exports_nothing(self, browser: Browser, office: Office, query: str) -> None:
        before = len(office.deeds("subscribers_exported"))
        assert browser.post(f"{HERE}/export", {"query": query}).status_code == 400
        assert len(office.deeds("subscribers_exported")) == before


class TestViews:
    def test_one_is_saved_shown_with_its_number_and_removed(self, browser: Browser, office: Office) -> None:
        fields = {"name": "Late & lost", "query": "status=past_due", "act": act_in(browser.get(f"{HERE}?q=a"))}
        answer = browser.post(f"{HERE}/views", fields)
        assert answer.status_code == 303
        page = browser.get(answer.location)
        number = len(addresses(page))
        shown = f'aria-current="page"><span dir="auto">Late &amp; lost</span></a> <span class="quiet">{number}</span>'
        assert shown in page.text
        with office.world.database.reading() as session:
            kept = next(one for one in views_of(session, office.world.publisher_id) if one.name == "Late & lost")
        assert browser.post(f"{HERE}/views/{kept.id}/removal", {"act": act_in(page)}).status_code == 303
        assert "Late &amp; lost" not in browser.get(HERE).text

    @pytest.mark.parametrize("behind", ["page=a\r\nX-Injected: y", "page=x", "per_page=\u2028"])
    def test_one_leads_to_what_is_kept_whatever_else_the_address_held(
        self, browser: Browser, office: Office, behind: str
    ) -> None:
        name = f"Of {len(behind)} characters"
        fields = {"name": name, "query": f"sort=ends&{behind}", "act": act_in(browser.get(f"{HERE}?q=a"))}
        answer = browser.post(f"{HERE}/views", fields)
        assert (answer.status_code, answer.location) == (303, f"{HERE}?sort=ends")
        with office.world.database.reading() as session:
            assert name in [one.name for one in views_of(session, office.world.publisher_id)]

    def test_the_same_form_twice_saves_one(self, browser: Browser, office: Office) -> None:
        before = len(office.deeds("view_saved"))
        act = act_in(browser.get(f"{HERE}?q=a"))
        for name in ("Once", "Twice"):
            answer = browser.post(f"{HERE}/views", {"name": name, "query": "status=unpaid", "act": act})
            assert answer.status_code == 303
        assert len(office.deeds("view_saved")) == before + 1

    def test_an_odd_one_is_refused(self, browser: Browser, office: Office) -> None:
        before = len(office.deeds("view_saved"))
        for fields in ({"name": "", "query": "status=active"}, {"name": "A", "query": "status=nope"}):
            token = {"act": act_in(browser.get(f"{HERE}?q=a"))}
            assert browser.post(f"{HERE}/views", {**fields, **token}).status_code == 400
        assert len(office.deeds("view_saved")) == before

    def test_without_the_token_nothing_is_done(self, browser: Browser) -> None:
        for path in ("export", "views", "views/1/removal"):
            assert browser.client.post(f"{HERE}/{path}", base_url=browser.base_url).status_code == 400


class TestWhoMay:
    def test_a_viewer_looks_but_takes_nothing_away(self, office: Office) -> None:
        viewer = office.browsers["viewer"]
        page = viewer.get(f"{HERE}?q=a")
        assert page.status_code == 200
        assert "Export" not in page.text
        assert "Save this view" not in page.text
        for path in ("export", "views", "views/1/removal"):
            assert viewer.post(f"{HERE}/{path}").status_code == 403

    def test_for_a_reader_there_is_no_such_page(self, office: Office) -> None:
        assert office.browsers["reader"].get(HERE).status_code == 404
        assert office.browsers["reader"].post(f"{HERE}/export").status_code == 404

    def test_an_admin_may_all_that_support_may(self, office: Office) -> None:
        assert office.browsers["admin"].post(f"{HERE}/export", {"query": "q=nobody"}).status_code == 200

    def test_the_neighbours_readers_are_not_in_it(self, browser: Browser, office: Office) -> None:
        with office.world.database.reading() as session:
            theirs = select(Reader.id).where(Reader.publisher_id == office.world.neighbour_id)
            ids = list(session.scalars(theirs.limit(3)))
        for one in ids:
            assert addresses(browser.get(f"{HERE}?q=%23{one}")) == []
