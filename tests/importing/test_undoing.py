"""What taking an import back leaves, and what it takes, whatever stops it in between."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from paywall import clock
from paywall.audit import AuditEntry
from paywall.billing.checkout.tables import customer_of
from paywall.entitlements.comps import give_comp
from paywall.entitlements.rules import Source, Turn
from paywall.entitlements.tables import AccessEvent
from paywall.importing.carrying_out.undoing import ACCOUNT_STAYS, RIGHT_CHANGED, undo_all, undo_some
from paywall.importing.runs import NotReady, begin_undoing
from paywall.outbox import OutboxMail
from paywall.readers.tables import Reader, SignIn
from paywall.readership.holders import Holders
from paywall.readership.rules import Step
from paywall.readership.steps import account
from paywall.readership.tables import ReadStep, ReadView
from tests.billing.stripe_world import add_reader
from tests.importing.dying import die_again_and_again
from tests.importing.files import ANNA, ERASE, HEADER, SECRET, SPRING, Desk, many


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

    def test_killed_at_any_statement_it_is_carried_on_and_no_line_is_done_twice(self, desk: Desk) -> None:
        add_reader(desk.database, desk.publisher.id, "old@example.com")
        desk.take(f"{HEADER}old@example.com,,,2031-04-30,,,\n")
        number = desk.take(many(3) + "old@example.com,,,2031-05-01,cus_1,,\n")
        with desk.database.writing() as session:
            begin_undoing(session, desk.publisher.id, number, actor="staff:1")
        die_again_and_again(desk, lambda: undo_some(desk.database, number, ERASE))
        undo_all(desk.database, number, ERASE)
        assert (list(desk.readers()), desk.run(number).state) == (["old@example.com"], "undone")
        assert [right.valid_until for right in desk.rights("old@example.com")] == [SPRING]
        with desk.database.reading() as session:
            undone = select(func.count()).where(AuditEntry.action == "reader_import_undone")
            ended = select(func.count()).where(AccessEvent.turn == Turn.ENDED.value)
            assert (session.scalar(undone), session.scalar(ended)) == (4, 3)

    def test_of_many_lines_each_is_told_what_is_left_of_it(self, desk: Desk) -> None:
        number = desk.take(many(4))
        readers = desk.readers()
        with desk.database.writing() as session:
            give_comp(
                session, desk.publisher.id, readers["reader1@example.com"].id, days=3, reason="kind", actor="test"
            )
            ERASE(session, [session.get_one(Reader, readers["reader2@example.com"].id)])
        moved = desk.take(f"{HEADER}reader3@example.com,,,2031-05-01,,,\n")
        desk.undo(number)
        assert [row.note for row in desk.rows(number)] == ["", ACCOUNT_STAYS, "", f"{RIGHT_CHANGED} {ACCOUNT_STAYS}"]
        assert sorted(desk.readers()) == ["reader1@example.com", "reader3@example.com"]
        desk.undo(moved)
        assert desk.rights("reader3@example.com")[0].valid_until == SPRING

    def test_the_file_can_be_imported_again(self, desk: Desk) -> None:
        desk.undo(desk.take(ANNA))
        assert desk.outcomes(desk.take(ANNA)) == ["opened"]

    def test_what_was_not_applied_is_not_undone(self, desk: Desk) -> None:
        number = desk.check(ANNA)
        with pytest.raises(NotReady, match="was never applied, so there is nothing to undo"):
            desk.undo(number)
        assert undo_some(desk.database, number, ERASE) == 0
