"""The page of a reader, as it is sent: for whom, with what on it; notes are kept once."""

import re

import pytest
from sqlalchemy import event

from paywall.app import Product
from paywall.readers.accounts import erase
from paywall.readers.finding import reader_by_id
from paywall.readers.notes import LONGEST_NOTE, notes_of
from paywall.staff.rules import Role
from tests.admin.at_once import send_at_once
from tests.admin.dossier.life import Life, begin, live_on, subscribe
from tests.staff.people import Person, deeds, member

HEADINGS = [
    "Help",
    "Subscriptions",
    "Payments and refunds",
    "Comps and other grants",
    "Meter",
    "Signed in on",
    "Mails",
    "Notes",
    "What happened",
]


@pytest.fixture
def support(product: Product) -> Person:
    return member(product, Role.SUPPORT)


@pytest.fixture
def life(product: Product) -> Life:
    """Somebody to whom something of every kind has happened."""
    life = begin(product)
    subscribe(product, life)
    live_on(product, life)
    return life


def headings(text: str) -> list[str]:
    return re.findall(r"<h2[^>]*>([^<]*)</h2>", text.replace('<h2 id="keys-title">Keys</h2>', ""))


class TestAReadersPage:
    def test_says_first_what_lets_them_in_and_until_when(self, support: Person, life: Life) -> None:
        text = support.browser.get(life.path).text
        assert re.search(r"May read</span> <span id=\"verdict\"[^>]*>A subscription lets this reader in until ", text)
        assert "then €4.99 is charged." in text

    def test_shows_something_of_every_kind(self, support: Person, life: Life) -> None:
        text = support.browser.get(life.path).text
        assert headings(text) == HEADINGS
        for words in ("sub_", "NEWS-", "given back in part", "€1.00", "The flood &lt;b&gt;", "Calls on Mondays."):
            assert words in text
        assert "Welcome to The News" in text
        assert re.search(r"<td class=\"number\"[^>]*>0 of 10</td>", text)

    def test_tells_all_that_happened(self, support: Person, life: Life) -> None:
        text = support.browser.get(life.path).text.partition('id="timeline"')[2]
        told = re.findall(r'<span class="status status-\w+">([^<]+)</span>', text)
        assert set(told) == {
            "Account opened",
            "Access began",
            "Comp given",
            "Payment",
            "Refund",
            "Subscription canceled",
            "Welcome to The News",
            "Confirm your e-mail address",
            "Signed in",
            "Met the wall: On dams",
        }

    def test_leads_to_the_explanation_of_the_last_wall(self, support: Person, life: Life) -> None:
        assert f'/admin/explain?reader=%23{life.reader_id}&amp;article=dams"' in support.browser.get(life.path).text

    def test_of_somebody_who_only_signed_up_has_the_same_parts(self, product: Product, support: Person) -> None:
        text = support.browser.get(begin(product).path).text
        assert headings(text) == HEADINGS
        assert "no subscription was ever bought with this account" in text

    def test_of_the_erased_says_so_and_takes_no_notes(self, product: Product, support: Person, life: Life) -> None:
        with product.database.writing() as session:
            reader = reader_by_id(session, life.person.publisher_id, life.reader_id)
            assert reader
            erase(session, reader)
        text = support.browser.get(life.path).text
        assert "This account was erased" in text
        assert "leyla@" not in text
        assert "Calls on Mondays." not in text
        assert "Keep the note" not in text
        assert support.act(f"{life.path}/notes", {"text": "Still here."}).status_code == 404


class TestWhoMay:
    def test_a_viewer_looks_and_notes_nothing(self, product: Product, life: Life) -> None:
        viewer = member(product, Role.VIEWER)
        answer = viewer.browser.get(life.path)
        assert (answer.status_code, "Keep the note" in answer.text) == (200, False)
        assert viewer.act(f"{life.path}/notes", {"text": "Hello."}).status_code == 403

    def test_for_a_reader_there_is_no_such_page(self, life: Life) -> None:
        assert life.person.browser.get(life.path).status_code == 404

    def test_another_newspapers_reader_has_none(self, product: Product, support: Person) -> None:
        theirs = begin(product, slug="other")
        assert support.browser.get(theirs.path).status_code == 404
        assert support.act(f"{theirs.path}/notes", {"text": "Hello."}).status_code == 404

    @pytest.mark.parametrize("number", ["0", "999999999", str(2**63), "9" * 40, "-1", "x"])
    def test_a_number_of_nobodys_has_none(self, support: Person, number: str) -> None:
        assert support.browser.get(f"/admin/subscribers/{number}").status_code == 404


class TestANote:
    def test_is_shown_with_its_author_and_stands_in_the_audit_without_its_words(
        self, product: Product, support: Person, life: Life
    ) -> None:
        answer = support.act(f"{life.path}/notes", {"text": "Wants <i>paper</i>.\nCall back."})
        assert (answer.status_code, answer.location) == (303, f"{life.path}#notes")
        text = support.browser.get(life.path).text
        assert "Wants &lt;i&gt;paper&lt;/i&gt;.\nCall back." in text
        assert "support@example.com" in text
        [deed] = deeds(product, "note_written")
        assert (deed.actor, deed.subject, list(deed.detail)) == (
            support.staff.actor,
            f"reader:{life.reader_id}",
            ["note"],
        )

    def test_sent_by_four_tabs_at_once_is_kept_once(self, product: Product, support: Person, life: Life) -> None:
        assert set(send_at_once(support, f"{life.path}/notes", {"text": "Once."})) == {303}
        with product.database.reading() as session:
            kept = [one.text for one in notes_of(session, life.person.publisher_id, life.reader_id)]
        assert kept.count("Once.") == len(deeds(product, "note_written")) == 1

    @pytest.mark.parametrize("text", ["", "x" * (LONGEST_NOTE + 1), "\x07"])
    def test_that_is_none_is_refused_beside_its_field(self, support: Person, life: Life, text: str) -> None:
        answer = support.act(f"{life.path}/notes", {"text": text})
        assert answer.status_code == 422
        assert 'id="text-error"' in answer.text

    def test_without_its_token_is_not_kept_and_not_lost(self, support: Person, life: Life) -> None:
        answer = support.browser.post(f"{life.path}/notes", {"text": "Typed at length."})
        assert answer.status_code == 422
        assert "Load the page again" in answer.text
        assert "Typed at length.</textarea>" in answer.text


class TestItsReads:
    def test_none_walks_through_a_table_that_grows(self, product: Product, support: Person, life: Life) -> None:
        """At a million readers the page must cost what it costs here."""
        asked: list[tuple[str, object]] = []

        def note(*call: object) -> None:
            asked.append((str(call[2]), call[3]))

        support.browser.get(life.path)
        event.listen(product.database.engine, "before_cursor_execute", note)
        support.browser.get(life.path)
        event.remove(product.database.engine, "before_cursor_execute", note)
        assert len(asked) > 10
        assert len(asked) < 40
        if product.database.is_sqlite:
            walked = {plan.split()[1] for one in asked for plan in _plan(product, *one) if plan.startswith("SCAN")}
            assert walked <= SMALL


SMALL = {"staff_members", "plans", "prices", "publishers", "publisher_hosts", "meters", "sections", "CONSTANT"}
"""What is a publisher's own, and has few rows."""


def _plan(product: Product, statement: str, values: object) -> list[str]:
    if not statement.startswith("SELECT"):
        return []
    with product.database.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()  # type: ignore[arg-type]
    return [str(row[3]) for row in rows]
