"""The page as it is sent: what is filtered, who is in it, where to go on; bad input is answered beside its field."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import select
from werkzeug.test import TestResponse

from paywall import clock
from paywall.admin.subscribers.saved.keeping import views_of
from paywall.admin.subscribers.views import drop_view, export_list, keep_view, show_list
from paywall.app import create_product
from paywall.audit import AuditEntry
from paywall.settings import Environment, Settings
from tests.admin.subscribers.naive import Person
from tests.admin.subscribers.world import NOW, World
from tests.readers.browser import Browser

LAYOUT = "<title>{% block title %}{% endblock %}</title><main>{% block main %}{% endblock %}</main>"


@pytest.fixture
def browser(world: World, tmp_path: Path) -> Iterator[Browser]:
    """A browser of somebody whom the door has let in."""
    settings = Settings(
        secret_key="0123456789abcdef" * 2,
        base_url="https://news.test",
        env=Environment.TEST,
        database_url=world.database.engine.url.render_as_string(hide_password=False),
        meter_url=f"sqlite:///{tmp_path / 'meter.sqlite3'}",
    )
    product = create_product(settings)
    with_pages(product.flask)
    yield Browser(product.flask)
    product.database.close()


def with_pages(app: Flask) -> None:
    app.jinja_loader = ChoiceLoader([DictLoader({"admin/layout.html": LAYOUT}), app.jinja_loader])  # type: ignore[list-item]
    path = "/admin/subscribers"
    app.add_url_rule(path, "list", lambda: show_list(may_save=True, may_export=True))
    app.add_url_rule(f"{path}/export", "export", lambda: export_list("staff:1"), methods=["POST"])
    app.add_url_rule(f"{path}/views", "keep", lambda: keep_view("staff:1"), methods=["POST"])
    removal = f"{path}/views/<int:view_id>/removal"
    app.add_url_rule(removal, "drop", lambda view_id: drop_view("staff:1", view_id), methods=["POST"])


def addresses(answer: TestResponse) -> list[str]:
    return re.findall(r'<th scope="row" dir="auto">([^<]*)</th>', answer.text)


def link(answer: TestResponse, rel: str) -> str | None:
    found = re.search(rf'<a rel="{rel}" href="([^"]+)"', answer.text)
    return found[1].replace("&amp;", "&") if found else None


class TestLooking:
    def test_one_walks_through_everybody_by_links_and_back(self, browser: Browser, people: list[Person]) -> None:
        pages = [browser.get("/admin/subscribers?per_page=30&sort=address")]
        while following := link(pages[-1], "next"):
            pages.append(browser.get(following))
        assert len(pages) == 3
        assert sum(len(addresses(page)) for page in pages) == len(people)
        back = link(pages[-1], "prev")
        assert back
        assert addresses(browser.get(back)) == addresses(pages[-2])

    def test_what_is_filtered_stands_above_the_list_and_can_be_taken_away(self, browser: Browser) -> None:
        page = browser.get("/admin/subscribers?status=past_due&q=a&from=2026-01-01")
        chips = re.findall(r'<a href="([^"]+)"><span dir="auto">([^<]+)</span>', page.text)
        assert [words for _, words in chips] == ["Search: a", "Status: past due", "Joined from: 2026-01-01"]
        assert chips[1][0] == "/admin/subscribers?q=a&amp;from=2026-01-01"
        assert '<option value="past_due" selected>' in page.text

    def test_nobody_found_is_said_with_the_way_back(self, browser: Browser) -> None:
        page = browser.get("/admin/subscribers?q=nobody@nowhere.test")
        assert page.status_code == 200
        assert "Nobody is like that" in page.text

    def test_states_are_words(self, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOW)
        text = browser.get("/admin/subscribers?per_page=200").text
        for words in ("Subscribed", "On trial", "In grace, payment failed", "No subscription", "Reads free of charge"):
            assert words in text

    def test_names_that_would_run_are_only_shown(self, browser: Browser) -> None:
        page = browser.get("/admin/subscribers?q=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E%22")
        assert "<img" not in page.text
        assert "&lt;img" in page.text


BAD = {
    "status=nope": "Status",
    "from=2026-02-30": "Joined from",
    "from=2026-03-02&to=2026-03-01": "Joined from",
    "sort=password_hash": "Sort by",
    "page=1_000": "page",
    "page=%EF%BC%91": "page",
    "per_page=0": "per_page",
    "per_page=100000": "per_page",
    "q=" + "x" * 10_240: "Search",
    "q=a%00b": "Search",
    "q=x%0d%0aBcc:+v@evil.example": "Search",
    "status[]=active": "status[]",
    "a=1&a=2": "a",
    "status=active&status=active": "Status",
    "q=%ff%fe": "address",
    "q=%c0%af": "address",
    "&".join(f"x{number}=1" for number in range(99)): "address",
}


class TestBadInput:
    @pytest.mark.parametrize("query", BAD)
    def test_the_field_is_named_and_what_was_typed_is_kept(self, browser: Browser, query: str) -> None:
        page = browser.get(f"/admin/subscribers?{query}")
        assert page.status_code == 400
        assert f'role="alert">{BAD[query]}: ' in page.text

    def test_a_wrong_day_can_be_put_right_in_place(self, browser: Browser) -> None:
        text = browser.get("/admin/subscribers?from=2026-02-30&q=ada").text
        assert 'value="2026-02-30" aria-invalid="true" aria-describedby="wrong" autofocus' in text
        assert 'type="search" value="ada"' in text


class TestTakingItAway:
    def test_the_csv_is_what_the_page_shows_and_the_audit_has_it(self, browser: Browser, world: World) -> None:
        answer = browser.post("/admin/subscribers/export", {"query": "q=ada&status=active"})
        assert answer.status_code == 200
        assert answer.content_type == "text/csv; charset=utf-8"
        assert 'attachment; filename="subscribers-' in answer.headers["Content-Disposition"]
        shown = addresses(browser.get("/admin/subscribers?q=ada&status=active"))
        assert answer.text.count("\r\n") == 1 + len(shown)
        with world.database.reading() as session:
            deeds = session.scalars(select(AuditEntry).where(AuditEntry.action == "subscribers_exported")).all()
        assert deeds[-1].detail == {"filters": ["q", "status"]}

    @pytest.mark.parametrize("query", ["status=nope", "a=1", "q=%ff", "page=x"])
    def test_a_bad_question_exports_nothing(self, browser: Browser, query: str) -> None:
        assert browser.post("/admin/subscribers/export", {"query": query}).status_code == 400


class TestViews:
    def test_one_is_saved_shown_with_its_number_and_removed(self, browser: Browser, world: World) -> None:
        answer = browser.post("/admin/subscribers/views", {"name": "Late & lost", "query": "status=past_due"})
        assert answer.status_code == 303
        page = browser.get(answer.location)
        number = len(addresses(page))
        view = f'aria-current="page">Late &amp; lost</a> <span class="count">{number}</span>'
        assert view in page.text
        with world.database.reading() as session:
            (kept,) = views_of(session, world.publisher_id)
        assert browser.post(f"/admin/subscribers/views/{kept.id}/removal").status_code == 303
        assert "Late &amp; lost" not in browser.get("/admin/subscribers").text

    def test_an_odd_one_is_refused(self, browser: Browser) -> None:
        for fields in ({"name": "", "query": "status=active"}, {"name": "A", "query": "status=nope"}):
            assert browser.post("/admin/subscribers/views", fields).status_code == 400

    def test_without_the_token_nothing_is_done(self, browser: Browser) -> None:
        for path in ("export", "views", "views/1/removal"):
            answer = browser.client.post(f"/admin/subscribers/{path}", base_url=browser.base_url)
            assert answer.status_code == 400
