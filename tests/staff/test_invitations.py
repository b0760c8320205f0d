"""Invitations: a mailed link, good once, for seven days, for one address; looking spends nothing."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from paywall import clock
from paywall.app import Product
from paywall.readers.accounts import WorksHere, erase
from paywall.readers.tables import Reader
from paywall.staff.invitations import LIFE, PATH, forget_old, open_invitations
from paywall.staff.rules import Role
from paywall.staff.tables import Invitation
from tests.admin.at_once import send_each_at_once
from tests.readers.stored import mails
from tests.staff.people import Person, deeds, member, person

STAFF = "/admin/staff"
BEA = "bea@example.com"


@pytest.fixture
def admin(product: Product) -> Person:
    return member(product, Role.ADMIN)


@pytest.fixture
def bea(product: Product) -> Person:
    """A reader, who will be invited."""
    return person(product, BEA)


def invited(admin: Person, email: str = BEA, role: str = "support") -> str:
    """Invite somebody, and return the path of the link in the mail."""
    assert admin.act(f"{STAFF}/invitations", {"email": email, "role": role}).status_code == 303
    found = re.search(rf"https://news\.test({PATH}\S+)", mails(admin.product, "staff_invitation")[-1].text)
    assert found
    return found[1]


class TestAnInvitation:
    def test_makes_a_reader_a_member_of_staff(self, admin: Person, bea: Person, product: Product) -> None:
        link = invited(admin)
        assert bea.browser.get("/admin").status_code == 404
        assert bea.browser.post(link).location == "/admin"
        assert bea.browser.get("/admin").location == "/admin/second-factor?next=/admin"
        assert deeds(product, "staff_added")[-1].detail["role"] == "support"

    def test_is_not_spent_by_looking(self, admin: Person, bea: Person) -> None:
        link = invited(admin)
        assert [bea.browser.get(link).status_code for _ in range(3)] == [200] * 3
        assert bea.browser.post(link).status_code == 303

    def test_works_once(self, admin: Person, bea: Person) -> None:
        link = invited(admin)
        assert [bea.browser.post(link).status_code for _ in range(2)] == [303, 410]

    def test_is_for_its_address_only(self, admin: Person, product: Product) -> None:
        link, eve = invited(admin), person(product, "eve@example.com").browser
        assert eve.post(link).status_code == 410
        assert eve.get("/admin").status_code == 404

    def test_is_dead_after_seven_days(self, admin: Person, bea: Person, product: Product) -> None:
        link = invited(admin)
        with product.database.writing() as session:
            made_at = session.scalars(select(Invitation.made_at)).one()
            session.execute(update(Invitation).values(made_at=made_at - timedelta(days=7)))
        assert [bea.browser.get(link).status_code, bea.browser.post(link).status_code] == [410, 410]

    def test_is_worth_nothing_once_another_is_sent(self, admin: Person, bea: Person) -> None:
        first, second = invited(admin), invited(admin)
        assert [bea.browser.post(link).status_code for link in (first, second)] == [410, 303]

    def test_of_some_sent_at_once_one_is_good(self, admin: Person, product: Product) -> None:
        forms = [{"email": BEA, "role": "viewer"}] * 6
        assert set(send_each_at_once(admin, f"{STAFF}/invitations", forms)) == {303}
        with product.database.reading() as session:
            assert len(open_invitations(session, admin.publisher_id, clock.wall())) == 1

    def test_keeps_the_mail_of_an_earlier_one_back(self, admin: Person, product: Product) -> None:
        invited(admin)
        invited(admin)
        kept_back = [mail.withdrawn_at is not None for mail in mails(product, "staff_invitation")]
        assert kept_back == [True, False]

    def test_is_forgotten_once_it_is_too_old(self, admin: Person, product: Product) -> None:
        invited(admin)
        invited(admin, "other@example.com")
        with product.database.writing() as session:
            old = clock.wall() - LIFE - timedelta(seconds=1)
            session.execute(update(Invitation).where(Invitation.email == BEA).values(made_at=old))
            forget_old(session, clock.wall())
            assert session.scalars(select(Invitation.email)).all() == ["other@example.com"]

    def test_is_worth_nothing_once_it_is_taken_back(self, admin: Person, bea: Person, product: Product) -> None:
        link = invited(admin)
        with product.database.reading() as session:
            number = session.scalars(select(Invitation.id)).one()
        assert [admin.act(f"{STAFF}/invitations/{number}/end").status_code for _ in range(2)] == [303, 404]
        assert bea.browser.post(link).status_code == 410

    def test_of_one_newspaper_opens_nothing_at_another(self, admin: Person, product: Product) -> None:
        link = invited(admin)
        assert person(product, BEA, "other").browser.post(link).status_code == 410

    @pytest.mark.parametrize(("email", "role"), [("nobody", "viewer"), ("b@example.com", "owner"), ("", "admin")])
    def test_with_bad_input_is_answered_beside_the_field(self, admin: Person, email: str, role: str) -> None:
        answer = admin.act(f"{STAFF}/invitations", {"email": email, "role": role})
        assert (answer.status_code, 'class="field-error"' in answer.text) == (422, True)


class TestTheLastAdmin:
    def test_is_not_demoted(self, admin: Person) -> None:
        answer = admin.act(f"{STAFF}/{admin.staff.member_id}/role", {"role": "viewer"})
        assert (answer.status_code, admin.staff.role) == (409, Role.ADMIN)

    def test_may_go_when_there_is_another(self, admin: Person, product: Product) -> None:
        member(product, Role.ADMIN, "second@example.com")
        admin.act(f"{STAFF}/{admin.staff.member_id}/removal")
        assert admin.browser.get("/admin").status_code == 404
        with product.database.reading() as session:
            assert session.scalars(select(Reader.email).where(Reader.is_staff)).all() == ["second@example.com"]


class TestWhoWorksHere:
    def test_is_not_erased_and_stays_on_the_list(self, admin: Person, product: Product) -> None:
        with pytest.raises(WorksHere), product.database.writing() as session:
            erase(session, session.get_one(Reader, admin.reader_id))
        assert admin.browser.get("/admin/staff").status_code == 200
