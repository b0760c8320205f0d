"""What a file makes of readers: accounts and rights, each once, whatever stops it in between."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update

from paywall import clock
from paywall.audit import AuditEntry
from paywall.billing.checkout.tables import customer_of
from paywall.billing.subscriptions.tables import BillingEvent
from paywall.entitlements.comps import give_comp
from paywall.entitlements.rules import Source, Standing
from paywall.importing.applying import apply_all, apply_some
from paywall.importing.runs import AnotherRuns, HasProblems, NotReady
from paywall.importing.summing import summary_of
from paywall.importing.undoing import ACCOUNT_STAYS, RIGHT_CHANGED, undo_some
from paywall.outbox import OutboxMail
from paywall.readers.sign_ins import start
from paywall.readers.tables import Reader, SignIn
from paywall.readership.holders import Holders
from paywall.readership.rules import Step
from paywall.readership.steps import account
from paywall.readership.tables import ReadStep, ReadView
from tests.billing.stripe_world import add_reader
from tests.importing.files import BASE_URL, ERASE, HEADER, SECRET, SPRING, Desk

ANNA = f"{HEADER}anna@example.com,Anna,Gold,2031-04-30,,,print\n"


class Crash(Exception):
    """The process dies here."""


def many(count: int) -> str:
    return HEADER + "".join(f"reader{n}@example.com,,,2031-04-30,,,\n" for n in range(count))


def signed_up(desk: Desk, email: str, **facts: object) -> int:
    """Have somebody open an account with that address, and sign in; returns the reader's id."""
    reader_id = add_reader(desk.database, desk.publisher.id, email)
    with desk.database.writing() as session:
        session.execute(update(Reader).where(Reader.id == reader_id).values(password="a hash", **facts))
        start(session, reader_id, "a browser")
    return reader_id


class TestALine:
    def test_it_opens_an_account_and_gives_the_right_to_read_to_the_end_of_the_day_named(self, desk: Desk) -> None:
        number = desk.take(ANNA)
        [right] = desk.rights("anna@example.com")
        assert (right.source, right.standing, right.valid_until) == (Source.IMPORT, Standing.PAID_THROUGH, SPRING)
        assert desk.readers()["anna@example.com"].password is None
        assert (desk.outcomes(number), desk.run(number).state) == (["opened"], "applied")

    def test_checking_alone_changes_nothing(self, desk: Desk) -> None:
        number = desk.check(ANNA)
        assert (desk.readers(), desk.outcomes(number)) == ({}, ["opened"])

    def test_a_reader_who_is_there_gets_the_right_or_is_left_alone_as_chosen(self, desk: Desk) -> None:
        add_reader(desk.database, desk.publisher.id, "anna@example.com")
        skipped = desk.check(ANNA, existing="skip")
        assert desk.outcomes(skipped) == ["skipped"]
        desk.apply(skipped)
        assert (desk.outcomes(skipped), desk.rights("anna@example.com")) == (["skipped"], [])
        assert desk.outcomes(desk.take(ANNA)) == ["changed"]
        assert len(desk.rights("anna@example.com")) == 1

    def test_who_signed_up_with_the_address_of_a_subscriber_gets_nothing_of_it(self, desk: Desk) -> None:
        reader_id = signed_up(desk, "anna@example.com")
        number = desk.check(ANNA)
        with desk.database.reading() as session:
            told = {words[:33]: count for count, words in summary_of(session, desk.run(number))}
        assert told["readers who never confirmed their"] == 1
        desk.apply(number, letters=True)
        with desk.database.reading() as session:
            reader = session.get_one(Reader, reader_id)
            assert (reader.password, reader.fs_uniquifier == "anna@example.com") == (None, False)
            assert list(session.scalars(select(SignIn))) == []
            assert session.scalars(select(OutboxMail.recipient)).all() == ["anna@example.com"]
            [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "reader_imported"))
        assert "never confirmed" in entry.detail["password"]
        assert len(desk.rights("anna@example.com")) == 1

    def test_who_has_shown_that_the_address_is_hers_stays_signed_in(self, desk: Desk) -> None:
        reader_id = signed_up(desk, "anna@example.com", confirmed_at=clock.now())
        desk.take(ANNA)
        with desk.database.reading() as session:
            assert session.get_one(Reader, reader_id).password
            assert len(session.scalars(select(SignIn)).all()) == 1

    def test_who_is_given_nothing_stays_signed_in(self, desk: Desk) -> None:
        signed_up(desk, "anna@example.com")
        desk.take(ANNA, existing="skip")
        desk.take(ANNA.replace("2031", "2020"))
        with desk.database.reading() as session:
            assert len(session.scalars(select(SignIn)).all()) == 1

    def test_a_second_file_moves_the_end_and_the_same_file_changes_nothing(self, desk: Desk) -> None:
        desk.take(ANNA)
        assert desk.outcomes(desk.take(ANNA)) == ["unchanged"]
        assert desk.outcomes(desk.take(ANNA.replace("2031-04-30", "2031-05-01"))) == ["changed"]
        [right] = desk.rights("anna@example.com")
        assert right.valid_until == SPRING + timedelta(days=1)

    def test_an_end_that_is_over_gives_an_account_and_no_right(self, desk: Desk) -> None:
        desk.take(ANNA.replace("2031", "2020"))
        assert desk.rights("anna@example.com") == []

    def test_ids_at_stripe_are_kept_and_the_sync_is_told_to_look(self, desk: Desk) -> None:
        desk.take(f"{HEADER}anna@example.com,,,,cus_1,sub_1,\n")
        with desk.database.reading() as session:
            assert customer_of(session, desk.readers()["anna@example.com"].id) == "cus_1"
            assert list(session.scalars(select(BillingEvent.subject))) == ["sub_1"]
        assert desk.rights("anna@example.com") == []

    def test_a_letter_is_the_choice_of_who_applies(self, desk: Desk) -> None:
        desk.take(ANNA)
        number = desk.check(many(2) + "over@example.com,,,2020-01-01,,,\n")
        desk.apply(number, letters=True)
        with desk.database.reading() as session:
            mails = list(session.scalars(select(OutboxMail).order_by(OutboxMail.id)))
        assert [mail.recipient for mail in mails] == ["reader0@example.com", "reader1@example.com"]
        assert "https://news.test/forgot-password" in mails[0].text

    def test_its_address_is_forgotten_in_the_import_once_it_is_applied(self, desk: Desk) -> None:
        [row] = desk.rows(desk.take(ANNA))
        assert (row.email, row.email_normalized) == ("", "")

    def test_the_audit_has_who_checked_applied_and_whom_it_brought(self, desk: Desk) -> None:
        number = desk.take(ANNA)
        with desk.database.reading() as session:
            found = [(one.action, one.subject) for one in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
        reader = desk.readers()["anna@example.com"].id
        assert found == [
            ("import_checked", f"import:{number}"),
            ("import_applied", f"import:{number}"),
            ("reader_imported", f"reader:{reader}"),
        ]


class TestAnImport:
    def test_a_file_with_a_problem_is_not_applied(self, desk: Desk) -> None:
        number = desk.check(ANNA + "nobody,,,,,,\n")
        with pytest.raises(HasProblems):
            desk.begin(number)
        assert desk.readers() == {}

    def test_a_second_one_waits_for_the_first(self, desk: Desk) -> None:
        first, second = desk.check(ANNA), desk.check(many(1))
        desk.begin(first)
        with pytest.raises(AnotherRuns):
            desk.begin(second)
        apply_all(desk.database, first, BASE_URL)
        desk.apply(second)
        assert len(desk.readers()) == 2

    def test_it_is_applied_once(self, desk: Desk) -> None:
        number = desk.take(ANNA)
        with pytest.raises(NotReady):
            desk.begin(number)

    def test_killed_at_any_statement_it_is_carried_on_and_no_line_is_done_twice(self, desk: Desk) -> None:
        number = desk.check(many(3))
        desk.begin(number)
        for step in range(1, 400, 7):
            if not self._dies_at(desk, number, step):
                break
        else:
            pytest.fail("it never came to its end")
        assert step > 7
        apply_all(desk.database, number, BASE_URL)
        assert (len(desk.readers()), desk.run(number).state) == (3, "applied")
        assert [len(desk.rights(f"reader{n}@example.com")) for n in range(3)] == [1, 1, 1]
        with desk.database.reading() as session:
            deeds = select(func.count()).where(AuditEntry.action == "reader_imported")
            assert session.scalar(deeds) == 3

    @staticmethod
    def _dies_at(desk: Desk, number: int, step: int) -> bool:
        """Carry it on and die at the `step`-th statement; returns whether it came so far."""
        left = [step]

        def count(*_: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise Crash

        event.listen(desk.database.engine, "before_cursor_execute", count)
        try:
            apply_some(desk.database, number, BASE_URL)
        except Crash:
            return True
        finally:
            event.remove(desk.database.engine, "before_cursor_execute", count)
        return False

    def test_two_who_carry_it_on_at_once_do_each_line_once(self, desk: Desk) -> None:
        number = desk.check(many(120))
        desk.begin(number)
        crowd = [threading.Thread(target=apply_all, args=(desk.database, number, BASE_URL)) for _ in range(3)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
        assert (len(desk.readers()), set(desk.outcomes(number))) == (120, {"opened"})
        with desk.database.reading() as session:
            deeds = select(func.count()).where(AuditEntry.action == "reader_imported")
            assert session.scalar(deeds) == 120


class TestUndoing:
    def test_what_it_made_is_taken_back(self, desk: Desk) -> None:
        add_reader(desk.database, desk.publisher.id, "old@example.com")
        number = desk.take(ANNA + "old@example.com,,,2031-04-30,cus_1,,\n")
        desk.undo(number)
        assert list(desk.readers()) == ["old@example.com"]
        [right] = desk.rights("old@example.com")
        assert not right.grants_access(clock.now())
        with desk.database.reading() as session:
            assert customer_of(session, desk.readers()["old@example.com"].id) is None
        assert {row.state for row in desk.rows(number)} == {"undone"}

    def test_an_end_that_it_moved_goes_back_to_where_it_was(self, desk: Desk) -> None:
        desk.take(ANNA)
        desk.undo(desk.take(ANNA.replace("2031-04-30", "2031-05-01")))
        [right] = desk.rights("anna@example.com")
        assert right.valid_until == SPRING

    def test_a_right_that_was_changed_since_stays_and_is_named(self, desk: Desk) -> None:
        first = desk.take(ANNA)
        desk.take(ANNA.replace("2031-04-30", "2031-05-01"))
        desk.undo(first)
        [row] = desk.rows(first)
        assert (row.state, row.note) == ("kept", f"{RIGHT_CHANGED} {ACCOUNT_STAYS}")
        [right] = desk.rights("anna@example.com")
        assert right.valid_until == SPRING + timedelta(days=1)

    @pytest.mark.parametrize("use", ["comp", "sign-in", "password"])
    def test_an_account_that_was_used_since_stays(self, desk: Desk, use: str) -> None:
        number = desk.take(ANNA)
        reader = desk.readers()["anna@example.com"]
        with desk.database.writing() as session:
            if use == "comp":
                give_comp(session, desk.publisher.id, reader.id, days=3, reason="kind", actor="test")
            elif use == "sign-in":
                session.add(SignIn(reader_id=reader.id, token_hash="x", created_at=clock.wall()))
            else:
                session.merge(reader).password = "hash"
        desk.undo(number)
        [row] = desk.rows(number)
        assert (row.state, row.note, list(desk.readers())) == ("kept", ACCOUNT_STAYS, ["anna@example.com"])
        assert not any(
            r.source is Source.IMPORT and r.grants_access(clock.now()) for r in desk.rights("anna@example.com")
        )

    def test_a_letter_that_waits_is_not_sent_any_more(self, desk: Desk) -> None:
        number = desk.check(ANNA)
        desk.apply(number, letters=True)
        desk.undo(number)
        with desk.database.reading() as session:
            assert session.scalar(select(func.count()).select_from(OutboxMail)) == 0

    def test_what_the_account_has_read_leads_back_to_it_no_more(self, desk: Desk) -> None:
        number, holders, publisher = desk.take(ANNA), Holders(SECRET), desk.publisher
        reader_id, meter_id = desk.readers()["anna@example.com"].id, publisher.default_meter.id
        mine, cause = holders.of(publisher, "", f"r{reader_id}"), holders.digest(account(reader_id))
        view = ReadView(meter_id=meter_id, holder=mine, is_reader=True, article_id=1, outcome=0, at=0)
        step = ReadStep(step=Step.SIGN_UP.value, cause=cause, at=clock.now())
        with desk.database.writing() as session:
            for one in (view, step):
                one.publisher_id = publisher.id
                session.add(one)
        desk.undo(number)
        with desk.database.reading() as session:
            assert session.scalars(select(ReadView.holder)).one() != mine
            assert session.scalars(select(ReadStep.cause)).one() != cause

    def test_the_file_can_be_imported_again(self, desk: Desk) -> None:
        desk.undo(desk.take(ANNA))
        assert desk.outcomes(desk.take(ANNA)) == ["opened"]

    def test_what_was_not_applied_is_not_undone(self, desk: Desk) -> None:
        number = desk.check(ANNA)
        with pytest.raises(NotReady):
            desk.undo(number)
        assert undo_some(desk.database, number, ERASE) == 0
