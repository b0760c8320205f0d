"""What a file makes of readers: accounts and rights, each once, whatever stops it in between."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from paywall import clock
from paywall.audit import AuditEntry
from paywall.billing.checkout.tables import customer_of
from paywall.billing.subscriptions.tables import BillingEvent
from paywall.entitlements.rules import Source, Standing
from paywall.importing.carrying_out.applying import apply_all, apply_some
from paywall.importing.runs import AnotherRuns, HasProblems, NotReady
from paywall.importing.summing import summary_of
from paywall.outbox import OutboxMail
from paywall.readers.sign_ins import start
from paywall.readers.tables import Reader, SignIn
from tests.billing.stripe_world import add_reader
from tests.importing.dying import die_again_and_again
from tests.importing.files import ANNA, BASE_URL, HEADER, SPRING, Desk, many


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

    def test_is_counted_as_one_in_words(self, desk: Desk) -> None:
        number = desk.check(ANNA)
        with desk.database.reading() as session:
            assert (1, "new account") in summary_of(session, desk.run(number))

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
            told = {words[:35]: count for count, words in summary_of(session, desk.run(number))}
        assert told["reader who never confirmed the addr"] == 1
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
        die_again_and_again(desk, lambda: apply_some(desk.database, number, BASE_URL))
        apply_all(desk.database, number, BASE_URL)
        assert (len(desk.readers()), desk.run(number).state) == (3, "applied")
        assert [len(desk.rights(f"reader{n}@example.com")) for n in range(3)] == [1, 1, 1]
        with desk.database.reading() as session:
            deeds = select(func.count()).where(AuditEntry.action == "reader_imported")
            assert session.scalar(deeds) == 3

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
