"""Two members of staff have the same page open, and both press the button: the second sees what the first has done."""

import re
from dataclasses import dataclass
from html import unescape

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from paywall.app import Product
from paywall.entitlements.tables import EntitlementRow
from paywall.publishers.profiles import choose
from paywall.publishers.tables import Section
from paywall.staff.acts import new_act
from paywall.staff.rules import Role
from tests.admin.content.shelf import put
from tests.admin.rules.conftest import product, whole_product
from tests.billing.stripe_world import add_reader
from tests.staff.people import Person, deeds, member

__all__ = ["product", "whole_product"]

WHY = "Asked for by letter"


@dataclass
class Tab:
    """A page that somebody has opened, and its form."""

    who: Person
    path: str
    form: dict[str, str]

    def save(self, **typed: str) -> TestResponse:
        return self.who.act(self.path, {**self.form, **typed})

    def save_over(self, conflict: TestResponse) -> TestResponse:
        """Send what the page with both versions has in its form."""
        return self.who.act(self.path, fields_of(conflict.text))


def opened(who: Person, page: str, path: str = "") -> Tab:
    answer = who.browser.get(page)
    assert answer.status_code == 200
    return Tab(who, path or page, fields_of(answer.text, path or page))


def fields_of(page: str, path: str = "") -> dict[str, str]:
    """Return the fields of the form that is sent to `path`, with what stands in them."""
    form = next(one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if path in one and 'name="seen"' in one)
    inputs = {name: value for tag in re.findall(r"<input[^>]*>", form) for name, value in [_field(tag)] if name}
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        inputs[name] = chosen[1] if chosen else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL):
        inputs[name] = text.replace("\n", "\r\n")  # as browsers send it
    return {name: unescape(value) for name, value in inputs.items() if name not in ("act", "csrf_token")}


def _field(tag: str) -> tuple[str, str]:
    name, value = re.search(r'\bname="([^"]+)"', tag), re.search(r'\bvalue="([^"]*)"', tag)
    return name[1] if name else "", value[1] if value else ""


@pytest.fixture
def two(product: Product) -> tuple[Person, Person]:
    return member(product, Role.ADMIN, "first@example.com"), member(product, Role.ADMIN, "second@example.com")


def meter_path(product: Product) -> str:
    return f"/admin/meter/{choose(product.database, 'news').default_meter.id}"


WORDS = "/admin/wall/invitation"
EDITED = [
    ("/admin/wall", ({"preview_words": "80"}, {"network_cap_factor": "7"}), "wall_set"),
    (WORDS, ({"headline": "Read on"}, {"text": "All of it, <every> day."}), "invitation_set"),
    ("meter", ({"visitor_allowance": "3"}, {"reader_allowance": "17"}), "meter_changed"),
    ("/admin/wall/crawlers", ({"google": "preview"}, {"bing": "preview"}), "crawlers_set"),
    ("article", ({"free_first_hours": "5"}, {"access": "free"}), "article_changed"),
]


class TestOneThingEditedByTwo:
    @pytest.fixture
    def page(self, request: pytest.FixtureRequest, product: Product) -> str:
        path = str(request.param)
        if path == "article":
            return f"/admin/articles/{put(product, 'council')}"
        return meter_path(product) if path == "meter" else path

    @pytest.mark.parametrize(("page", "edits", "deed"), EDITED, indirect=["page"])
    def test_adm_s28_the_second_sees_both_versions_and_may_save_her_own(
        self, two: tuple[Person, Person], page: str, edits: tuple[dict[str, str], dict[str, str]], deed: str
    ) -> None:
        (first, second), product = edits, two[0].product
        one, other = (opened(who, page) for who in two)
        assert one.save(**first).status_code == 303
        conflict = other.save(**second)
        assert conflict.status_code == 409
        both = fields_of(conflict.text)
        assert both.items() >= second.items()
        shown = unescape(conflict.text)
        assert all(text in shown for text in (*first.values(), *second.values()))
        assert len(deeds(product, deed)) == 1
        assert other.save_over(conflict).status_code == 303
        assert len(deeds(product, deed)) == 2

    def test_a_text_of_many_lines_stays_one(self, two: tuple[Person, Person]) -> None:
        path = "/admin/mails/billing_receipt"
        one, other = (opened(who, path) for who in two)
        assert one.save(subject="Your receipt").status_code == 303
        longer = f"{other.form['text']}\r\n\r\nThank you & <goodbye>"
        conflict = other.save(text=longer)
        assert conflict.status_code == 409
        assert fields_of(conflict.text)["text"] == longer
        assert conflict.text.count("differs") == 2
        assert other.save_over(conflict).status_code == 303
        assert fields_of(two[0].browser.get(path).text, path)["text"] == longer

    def test_who_typed_the_same_is_told_nothing(self, product: Product, two: tuple[Person, Person]) -> None:
        tabs = [opened(who, "/admin/wall") for who in two]
        assert [tab.save(preview_words="80").status_code for tab in tabs] == [303, 303]
        assert len(deeds(product, "wall_set")) == 1

    def test_a_third_who_comes_between_is_seen_too(self, two: tuple[Person, Person]) -> None:
        one, other, third = (opened(who, WORDS) for who in (*two, two[0]))
        one.save(headline="Read on")
        conflict = other.save(headline="Read more")
        assert "Read on" in third.save(headline="Read it all").text
        opened(two[0], WORDS).save(headline="Read it all")
        again = other.save_over(conflict)
        assert (again.status_code, "Read it all" in again.text, "Read more" in again.text) == (409, True, True)

    def test_what_can_not_be_taken_does_not_hide_the_other_version(self, two: tuple[Person, Person]) -> None:
        one, other = (opened(who, "/admin/wall") for who in two)
        wrong = other.save(preview_words="5")
        one.save(preview_words="80")
        assert wrong.status_code == 422
        typed = Tab(other.who, "/admin/wall", fields_of(wrong.text, "/admin/wall"))
        assert typed.save(preview_words="90").status_code == 409


SECTIONS, LANGUAGE = "/admin/meter/sections", "/admin/mails/language"
VALUES = [
    ("/admin/meter", "/admin/meter/timezone", "timezone", ("Asia/Baku", "Europe/Berlin"), "timezone_set"),
    ("/admin/meter", SECTIONS, "meter", ("sport", "opinion"), "section_meter_set"),
    ("/admin/wall", "/admin/wall/sections", "until", ("2031-01-02T03:00", "2031-04-05T06:00"), "section_wall_lifted"),
    ("/admin/mails", LANGUAGE, "language", ("az", "ru"), "language_set"),
]


class TestAFormOfOneValue:
    @pytest.fixture
    def meters(self, product: Product, two: tuple[Person, Person]) -> dict[str, str]:
        """Return the numbers of two meters beside the default one, in a newspaper with a section."""
        with product.database.writing() as session:
            session.add(Section(publisher_id=two[0].publisher_id, slug="world", name="World"))
        for name in ("sport", "opinion"):
            form = {"name": name, "visitor_allowance": "1", "reader_allowance": "2", "window_kind": "day"}
            assert two[0].act("/admin/meter/0", form).status_code == 303
        return {one.name: str(one.id) for one in choose(product.database, "news").meters}

    @pytest.mark.parametrize(("page", "path", "name", "values", "deed"), VALUES)
    def test_adm_s28_shows_the_second_both_values_too(  # noqa: PLR0917 - the columns of VALUES
        self,
        two: tuple[Person, Person],
        meters: dict[str, str],
        page: str,
        path: str,
        name: str,
        values: tuple[str, str],
        deed: str,
    ) -> None:
        first, second = (meters.get(value, value) for value in values)
        one, other = (opened(who, page, path) for who in two)
        assert one.save(**{name: first}).status_code == 303
        conflict = other.save(**{name: second})
        assert (conflict.status_code, fields_of(conflict.text)[name]) == (409, second)
        assert len(deeds(two[0].product, deed)) == 1
        assert other.save_over(conflict).status_code == 303
        assert len(deeds(two[0].product, deed)) == 2

    def test_adm_s28_shows_the_second_both_roles_of_a_member(
        self, product: Product, two: tuple[Person, Person]
    ) -> None:
        third = member(product, Role.VIEWER, "third@example.com")
        path = f"/admin/staff/{third.staff.member_id}/role"
        one, other = (opened(who, "/admin/staff", path) for who in two)
        assert one.save(role="support").status_code == 303
        conflict = other.save(role="admin")
        assert (conflict.status_code, fields_of(conflict.text)["role"]) == (409, "admin")
        assert '<td dir="auto">support: helps readers</td>' in conflict.text
        assert (third.staff.role, len(deeds(product, "staff_role_changed"))) == (Role.SUPPORT, 1)
        assert other.save_over(conflict).status_code == 303
        assert (third.staff.role, len(deeds(product, "staff_role_changed"))) == (Role.ADMIN, 2)

    def test_says_nothing_to_who_gives_the_role_that_a_colleague_has_given(
        self, product: Product, two: tuple[Person, Person]
    ) -> None:
        third = member(product, Role.VIEWER, "third@example.com")
        path = f"/admin/staff/{third.staff.member_id}/role"
        tabs = [opened(who, "/admin/staff", path) for who in two]
        assert [tab.save(role="support").status_code for tab in tabs] == [303, 303]
        assert len(deeds(product, "staff_role_changed")) == 1

    def test_is_shown_in_words_where_it_is_chosen(self, two: tuple[Person, Person], meters: dict[str, str]) -> None:
        one, other = (opened(who, "/admin/meter", SECTIONS) for who in two)
        one.save(meter=meters["sport"])
        conflict = other.save(meter=meters["opinion"]).text
        assert f'<option value="{meters["opinion"]}" selected>opinion</option>' in conflict
        assert '<td dir="auto">sport</td>' in conflict

    def test_leads_back_to_its_page_however_often_it_was_asked(self, two: tuple[Person, Person]) -> None:
        one, other = (opened(who, "/admin/mails", LANGUAGE) for who in two)
        one.save(language="az")
        from_page = {"Referer": "https://news.test/admin/mails"}
        conflict = other.who.browser.post(
            LANGUAGE, {**other.form, "act": new_act(), "language": "ru"}, headers=from_page
        )
        opened(two[0], "/admin/mails", LANGUAGE).save(language="en")
        from_conflict = {"Referer": f"https://news.test{LANGUAGE}"}
        again = other.who.browser.post(LANGUAGE, {**fields_of(conflict.text), "act": new_act()}, headers=from_conflict)
        links = ['<a href="/admin/mails">Leave it as it stands</a>' in page.text for page in (conflict, again)]
        assert (conflict.status_code, again.status_code, links) == (409, 409, [True, True])


class TestOneReaderHelpedByTwo:
    @pytest.fixture
    def reader(self, product: Product, two: tuple[Person, Person]) -> str:
        return f"/admin/subscribers/{add_reader(product.database, two[0].publisher_id, 'leyla@example.org')}"

    def test_adm_s28_the_second_comp_is_asked_about_again(
        self, product: Product, two: tuple[Person, Person], reader: str
    ) -> None:
        one, other = (looked(who, f"{reader}/comp") for who in two)
        assert one.save(days="7", reason=WHY).status_code == 303
        conflict = other.save(days="9", reason="Our <mistake>")
        assert conflict.status_code == 409
        kept = looked_in(conflict.text)
        assert (kept["days"], kept["reason"]) == ("9", "Our <mistake>")
        assert other.form["looked"] in unescape(conflict.text)
        assert "Without it, leyla@example.org reads until" in conflict.text
        assert count(product) == 1
        assert other.who.act(f"{reader}/comp", kept).status_code == 303
        assert count(product) == 2

    def test_adm_s28_days_are_not_added_twice_unseen(
        self, product: Product, two: tuple[Person, Person], reader: str
    ) -> None:
        looked(two[0], f"{reader}/comp").save(days="7", reason=WHY)
        one, other = (looked(who, f"{reader}/extend") for who in two)
        assert one.save(days="3", reason=WHY).status_code == 303
        assert other.save(days="3", reason=WHY).status_code == 409
        assert count(product) == 2

    def test_nothing_is_asked_again_where_nothing_was_changed(self, two: tuple[Person, Person], reader: str) -> None:
        tab = looked(two[0], f"{reader}/comp")
        assert tab.save(days="7", reason=WHY).status_code == 303


def looked(who: Person, path: str) -> Tab:
    """Open the page that asks before an act."""
    return Tab(who, path, looked_in(who.browser.get(path).text))


def looked_in(page: str) -> dict[str, str]:
    form = next(one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if 'name="looked"' in one)
    fields = dict(_field(tag) for tag in re.findall(r"<input[^>]*>", form))
    return {name: unescape(value) for name, value in fields.items() if name not in ("act", "csrf_token", "")}


def count(product: Product) -> int:
    with product.database.reading() as session:
        return len(session.scalars(select(EntitlementRow.id)).all())
