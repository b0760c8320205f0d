"""The front page: alarms, counts, who has come, what was done; each for the newspaper and the role that may see it."""

import re

from paywall import audit
from paywall.app import Product
from paywall.notices import raise_notice
from paywall.staff.rules import Role
from tests.staff.people import Person, member, person

HERE = "/admin"


def rows_of(somebody: Person, table: str) -> list[str]:
    """Return the rows of one table of the page, as their markup."""
    page = somebody.browser.get(HERE).text
    found = re.search(rf'<caption class="visually-hidden">{table}</caption>(.*?)</table>', page, re.DOTALL)
    return found[1].split("<tr>")[2:] if found else []


class TestWhoHasJustCome:
    def test_is_listed_newest_first_and_leads_to_the_dossier(self, product: Product) -> None:
        viewer, ada = member(product, Role.VIEWER), person(product, "ada@example.com")
        first, second = rows_of(viewer, "Newest accounts")
        assert f'<a href="/admin/subscribers/{ada.reader_id}">ada@example.com</a>' in first
        assert viewer.email in second

    def test_is_nobody_of_another_newspaper(self, product: Product) -> None:
        viewer = member(product, Role.VIEWER)
        person(product, "eve@example.com", "other")
        assert "eve@example.com" not in "".join(rows_of(viewer, "Newest accounts"))


class TestWhatWasDoneLast:
    def test_is_shown_to_those_who_may_look_into_the_audit(self, product: Product) -> None:
        viewer, support = member(product, Role.VIEWER), member(product, Role.SUPPORT)
        with product.database.writing() as session:
            audit.write(session, support.publisher_id, support.staff.actor, "comp_given", f"reader:{viewer.reader_id}")
        assert "Comp given" in rows_of(support, "Lately")[0]
        assert viewer.email in rows_of(support, "Lately")[0]
        assert rows_of(viewer, "Lately") == []


class TestAnAlarm:
    def test_stands_first_and_says_what_can_be_done(self, product: Product) -> None:
        viewer = member(product, Role.VIEWER)
        assert rows_of(viewer, "Notices") == []
        with product.database.writing() as session:
            raise_notice(session, "webhook_silent", "test", publisher_id=viewer.publisher_id)
        [alarm] = rows_of(viewer, "Notices")
        assert "Look at its endpoint in Stripe" in alarm

    def test_of_another_newspaper_is_not_shown(self, product: Product) -> None:
        viewer, other = member(product, Role.VIEWER), person(product, "eve@example.com", "other")
        with product.database.writing() as session:
            raise_notice(session, "webhook_silent", "test", publisher_id=other.publisher_id)
        assert rows_of(viewer, "Notices") == []
