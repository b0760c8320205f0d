"""Sending mails again, transferring, looking as the reader, exporting, erasing."""

import json

import pytest
from sqlalchemy import select

from paywall.entitlements.comps import give_comp
from paywall.entitlements.reading import entitlements_of
from paywall.outbox import OutboxMail
from paywall.readers.notes import write_note
from paywall.readers.tables import Reader
from paywall.readership.holders import Holders
from paywall.readership.tables import ReadView
from tests.admin.acting.conftest import WHY, Desk
from tests.staff.people import Person, person


def mails(desk: Desk) -> list[OutboxMail]:
    """Return all mails to the reader, oldest first."""
    return [one for one in desk.world.rows(OutboxMail) if one.recipient == desk.reader.email]


def other_account(desk: Desk) -> Person:
    return person(desk.reader.product, "leyla.second@example.org")


def comp(desk: Desk) -> None:
    with desk.world.database.writing() as session:
        give_comp(session, desk.reader.publisher_id, desk.reader_id, days=10, reason=WHY, actor="test")


class TestSendingAMailAgain:
    def test_it_is_sent_as_it_was_and_once(self, desk: Desk) -> None:
        desk.subscribe()
        [welcome] = [one for one in mails(desk) if one.kind.startswith("billing_")]
        assert welcome.subject in desk.page("resend")
        assert set(desk.do_at_once("resend", mail=f"again:{welcome.id}")) == {303}
        first, again = [one for one in mails(desk) if one.kind == welcome.kind]
        assert (first.text, first.recipient) == (again.text, again.recipient)
        assert [deed.action for deed in desk.deeds()] == ["mail_sent_again"]

    def test_a_link_that_works_once_is_written_anew(self, desk: Desk) -> None:
        desk.do("resend", mail="new:reset")
        [mail] = [one for one in mails(desk) if one.kind == "reset"]
        assert mail.text
        assert f"again:{mail.id}" not in desk.page("resend")

    def test_a_mail_of_somebody_else_is_not_sent(self, desk: Desk) -> None:
        other_account(desk)
        [theirs] = [one for one in desk.world.rows(OutboxMail) if one.recipient == "leyla.second@example.org"]
        assert desk.do("resend", mail=f"again:{theirs.id}").status_code == 422
        assert desk.deeds() == []


class TestTransferring:
    def test_the_other_account_reads_and_pays_from_then_on(self, desk: Desk) -> None:
        stripe_id, to = desk.subscribe(), other_account(desk)
        comp(desk)
        assert "goes to leyla.second@example.org" in desk.page("transfer", to=to.email)
        assert set(desk.do_at_once("transfer", to=to.email)) == {303}
        assert (desk.may_read(), desk.world.may_read(to.reader_id)) == (False, True)
        moved = desk.world.current(to.reader_id)
        assert moved
        assert (moved.stripe_id, len(desk.world.entitlements(to.reader_id))) == (stripe_id, 2)
        [deed] = desk.deeds()
        assert (deed.action, deed.detail["after"]) == ("transferred", f"reader:{to.reader_id}")

    def test_what_stripe_says_afterwards_goes_to_the_new_account(self, desk: Desk) -> None:
        desk.subscribe()
        to = other_account(desk)
        desk.do("transfer", to=to.email)
        desk.reader_id = to.reader_id
        desk.turn(days=40)
        assert desk.may_read()
        assert {one.reader_id for one in desk.world.invoices()} == {to.reader_id}
        customer = desk.world.billing.gateway.retrieve_customer(desk.subscription.customer_id)
        assert customer["email"] == to.email

    @pytest.mark.parametrize("to", ["nobody@example.org", "leyla@example.org", "x", ""])
    def test_to_nobody_or_to_herself_nothing_goes(self, desk: Desk, to: str) -> None:
        comp(desk)
        assert desk.do("transfer", to=to).status_code == 422
        assert (desk.may_read(), desk.deeds()) == (True, [])

    def test_an_account_that_has_paid_itself_takes_nothing_over(self, desk: Desk) -> None:
        to = other_account(desk)
        desk.world.customer(to.reader_id)
        comp(desk)
        answer = desk.do("transfer", to=to.email)
        assert (answer.status_code, "has been a customer itself" in answer.text) == (422, True)


class TestLookingAsTheReader:
    def test_it_says_what_the_account_page_says_and_signs_nobody_in(self, desk: Desk) -> None:
        desk.subscribe()
        answer = desk.staff.browser.get(desk.path("view"))
        assert (answer.status_code, "Next payment 4.99" in answer.text.replace("\N{NO-BREAK SPACE}", " ")) == (
            200,
            True,
        )
        assert all(one.startswith("__Host-session=") for one in answer.headers.getlist("Set-Cookie"))
        assert desk.staff.email in desk.staff.browser.get("/account").text
        assert [deed.action for deed in desk.deeds()] == ["viewed_as_reader"]


class TestExporting:
    def test_the_file_has_what_is_kept_and_no_secret(self, desk: Desk) -> None:
        desk.subscribe()
        with desk.world.database.writing() as session:
            write_note(
                session, desk.world.publisher.id, desk.reader_id, "Called about the crossword.", author="staff:1"
            )
        answer = desk.do("export")
        kept = json.loads(answer.text)
        assert [note["text"] for note in kept["notes"]] == ["Called about the crossword."]
        assert kept["account"]["email"] == "leyla@example.org"
        assert (kept["subscription"]["price"], kept["invoices"][0]["paid"]) == ("4.99 AZN", "4.99")
        with desk.world.database.reading() as session:
            reader = session.get_one(Reader, desk.reader_id)
        assert reader.password
        assert reader.password not in answer.text
        assert reader.fs_uniquifier not in answer.text

    def test_no_link_of_a_mail_is_in_it_that_would_open_the_account(self, desk: Desk) -> None:
        desk.do("resend", mail="new:reset")
        exported = desk.do("export").text
        assert "Reset" in exported or "password" in exported
        assert "/reset-password/" not in exported
        assert "/confirm/" not in exported

    def test_from_several_tabs_at_once_it_is_taken_once(self, desk: Desk) -> None:
        assert desk.do_at_once("export").count(200) == 1
        assert [deed.action for deed in desk.deeds()] == ["reader_exported"]


class TestErasing:
    def test_once_the_address_is_typed_nobody_knows_the_reader_any_more(self, desk: Desk) -> None:
        comp(desk)
        assert desk.do("erase", address="leyla@example.com").status_code == 422
        assert set(desk.do_at_once("erase", address="leyla@example.org")) == {303}
        with desk.world.database.reading() as session:
            reader = session.scalars(select(Reader).where(Reader.id == desk.reader_id)).one()
            assert entitlements_of(session, desk.reader_id)
        assert (reader.email, reader.active, mails(desk)) == (f"erased-{desk.reader_id}", False, [])
        assert [(deed.action, "leyla" in str(deed.detail)) for deed in desk.deeds()] == [("reader_erased", False)]
        assert not desk.reader.browser.is_signed_in()

    def test_what_was_read_stays_as_that_of_nobody(self, desk: Desk) -> None:
        profile = desk.world.publisher
        holder = Holders(desk.staff.product.settings.secret_key).of(profile, "", f"r{desk.reader_id}")
        seen = {"publisher_id": profile.id, "meter_id": 1, "is_reader": True, "article_id": 1, "outcome": 0, "at": 1}
        with desk.world.database.writing() as session:
            session.add(ReadView(**seen, holder=holder))
        assert desk.do("erase", address="leyla@example.org").status_code == 303
        with desk.world.database.reading() as session:
            assert session.scalars(select(ReadView.holder)).one() != holder

    def test_nobody_is_erased_who_still_pays(self, desk: Desk) -> None:
        desk.subscribe()
        assert desk.do("erase", address="leyla@example.org").status_code == 409
        assert desk.may_read()

    def test_no_member_of_staff_is_erased(self, desk: Desk) -> None:
        desk.reader_id = desk.staff.reader_id
        assert desk.do("erase", address=desk.staff.email).status_code == 409
