"""The pages of the audit: what is in them, what they are narrowed to, the file that is taken away."""

import csv
import io
import re

import pytest

from paywall import audit, clock
from paywall.app import Product
from paywall.publishers.profiles import choose
from paywall.readers.finding import find_reader
from paywall.staff.rules import Role
from tests.admin.dossier.life import subscription
from tests.staff.people import Person, deeds, member, person

HERE = "/admin/audit"


def write(product: Product, actor: str, action: str, subject: str, **detail: object) -> None:
    """Note a deed for The News."""
    write_at("news", product, actor, action, subject, **detail)


def write_at(slug: str, product: Product, actor: str, action: str, subject: str, **detail: object) -> None:
    """Note a deed for the newspaper of that name."""
    with product.database.writing() as session:
        audit.write(session, choose(product.database, slug).id, actor, action, subject, **detail)


def listed(somebody: Person, query: str = "") -> list[str]:
    """Return what was done by the rows of a page, without markup."""
    page = somebody.browser.get(f"{HERE}?{query}").text
    return re.findall(r'<th scope="row">([^<]*)</th>', page)


class TestTheList:
    def test_it_says_who_did_what_to_whom_and_from_where(self, product: Product) -> None:
        reader, support = person(product, "ada@example.com"), member(product, Role.SUPPORT)
        with product.database.reading() as session:
            reader_id = find_reader(session, reader.publisher_id, reader.email).id
        with audit.done_from("192.0.2.0/24"):
            write(product, support.staff.actor, "comp_given", f"reader:{reader_id}", days=30)
        page = support.browser.get(HERE).text
        [row] = [part for part in page.split("<tr>") if ">Comp given</th>" in part]
        for words in ("support@example.com", f'href="/admin/subscribers/{reader_id}">ada@example.com', "192.0.2.0/24"):
            assert words in row

    def test_a_subscription_is_named_by_its_reader(self, product: Product) -> None:
        ada, support = person(product, "ada@example.com"), member(product, Role.SUPPORT)
        with product.database.writing() as session:
            session.add(subscription(ada.publisher_id, ada.reader_id, clock.now(), stripe_id="sub_1"))
        write(product, "stripe", "subscription_canceled", "subscription:sub_1")
        page = support.browser.get(HERE).text
        assert f'href="/admin/subscribers/{ada.reader_id}">subscription of ada@example.com</a>' in page

    def test_it_is_newest_first_in_pages(self, product: Product) -> None:
        support = member(product, Role.SUPPORT)
        for number in range(60):
            write(product, "stripe", f"deed_{number:02}", "subscription:sub_1")
        first = support.browser.get(HERE).text
        later = re.search(r'rel="next"[^>]*href="/admin/audit[?]([^"]*)"', first)
        assert later
        assert [*listed(support), *listed(support, later[1])][:60] == [f"Deed {n:02}" for n in reversed(range(60))]

    def test_another_newspapers_deeds_are_not_in_it(self, product: Product) -> None:
        write_at("other", product, "stripe", "elsewhere", "subscription:sub_1")
        support = member(product, Role.SUPPORT)
        assert "Elsewhere" not in listed(support)
        [entry] = deeds(product, "elsewhere")
        assert support.browser.get(f"{HERE}/{entry.id}").status_code == 404

    def test_what_is_written_into_it_stays_text(self, product: Product) -> None:
        write(product, "<b>x</b>", "comp_given", "reader:<i>")
        page = member(product, Role.SUPPORT).browser.get(HERE).text
        assert "&lt;b&gt;x" in page
        assert "<b>x" not in page


class TestFilters:
    @pytest.fixture
    def support(self, product: Product) -> Person:
        somebody = member(product, Role.SUPPORT)
        write(product, "stripe", "subscription_canceled", "subscription:sub_1")
        write(product, "sweep", "renewal_extended", "subscription:sub_2")
        write(product, somebody.staff.actor, "comp_given", "reader:7")
        return somebody

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("did=comp_given", ["Comp given"]),
            ("who=stripe", ["Subscription canceled"]),
            ("who=support@example.com&did=comp_given", ["Comp given"]),
            ("whom=sub_2", ["Access kept open while Stripe could not be heard"]),
            ("whom=%237", ["Comp given"]),
            ("whom=reader:7&who=stripe", []),
            ("did=never_done", []),
            ("to=2001-01-01", []),
        ],
    )
    def test_each_leaves_what_it_names(self, support: Person, query: str, found: list[str]) -> None:
        assert listed(support, query) == found

    def test_today_is_in_todays_list(self, support: Person) -> None:
        today = f"{clock.now():%Y-%m-%d}"
        assert "Comp given" in listed(support, f"from={today}&to={today}&did=comp_given")

    def test_every_deed_there_is_can_be_chosen(self, support: Person) -> None:
        page = support.browser.get(HERE).text
        chosen = re.findall(r'<option value="([a-z_]+)"', page.split('id="who"')[0])
        assert {"comp_given", "renewal_extended", "subscription_canceled"} <= set(chosen)
        assert chosen == sorted(set(chosen))

    @pytest.mark.parametrize(
        "query", ["from=yesterday", "whom=nobody@example.com", "who=@", "page=7", "from=2026-02-01&to=2026-01-01"]
    )
    def test_what_cannot_be_is_said_beside_its_field(self, support: Person, query: str) -> None:
        answer = support.browser.get(f"{HERE}?{query}")
        assert answer.status_code == 400
        assert "field-error" in answer.text or 'role="alert"' in answer.text


class TestOneEntry:
    def test_it_shows_what_was_before_and_after(self, product: Product) -> None:
        support = member(product, Role.SUPPORT)
        before, after = {"access": "metered", "tags": []}, {"access": "free", "tags": ["a", "b"]}
        write(product, support.staff.actor, "article_changed", "article:3", before=before, after=after, reason="flood")
        [entry] = deeds(product, "article_changed")
        page = support.browser.get(f"{HERE}/{entry.id}").text
        cells = re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", page.split("What changed</h2>")[1])
        assert cells == ["What", "Before", "After", "access", "metered", "free", "tags", "nothing", "a, b"]
        assert '<dt>reason</dt><dd dir="auto">flood</dd>' in page
        assert 'href="/admin/articles/3"' in page

    def test_a_plain_value_has_a_row_of_its_own(self, product: Product) -> None:
        support = member(product, Role.SUPPORT)
        write(product, "command line", "staff_role_changed", "reader:3", before="viewer", after="admin")
        [entry] = deeds(product, "staff_role_changed")
        page = support.browser.get(f"{HERE}/{entry.id}").text
        assert re.findall(r"<td[^>]*>([^<]*)</td>", page) == ["viewer", "admin"]


class TestTheFile:
    def test_it_has_what_the_list_has_and_is_noted_itself(self, product: Product) -> None:
        admin = member(product, Role.ADMIN)
        write(product, "stripe", "subscription_canceled", "subscription:sub_1", was="active", note="=1+1")
        write(product, "sweep", "renewal_extended", "subscription:sub_2")
        answer = admin.browser.post(f"{HERE}/export", {"who": "stripe"})
        rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
        assert [row["did"] for row in rows] == ["subscription_canceled"]
        assert rows[0]["detail"] == '{"note": "=1+1", "was": "active"}'
        [deed] = deeds(product, "audit_exported")
        assert (deed.actor, deed.detail) == (admin.staff.actor, {"filters": ["who"]})

    def test_many_rows_are_read_in_pieces_and_each_comes_once(
        self, product: Product, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("paywall.admin.audit.finding.AT_ONCE", 3)
        admin = member(product, Role.ADMIN)
        for number in range(9):
            write(product, "stripe", f"deed_{number}", "subscription:sub_1")
        answer = admin.browser.post(f"{HERE}/export", {"who": "stripe"})
        rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
        assert [row["did"] for row in rows] == [f"deed_{number}" for number in reversed(range(9))]

    def test_without_a_fresh_password_there_is_none(self, product: Product) -> None:
        admin = member(product, Role.ADMIN)
        admin.password_was_given(11)
        assert "Your password again" in admin.browser.post(f"{HERE}/export").text
        assert deeds(product, "audit_exported") == []
