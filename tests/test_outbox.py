"""The outbox: each mail once for its cause, tried again, given up."""

from datetime import timedelta

from paywall import clock, outbox
from paywall.database import Database
from paywall.outbox import Mail

MAIL = Mail("reader@example.org", "Your receipt", "Thank you.", "<p>Thank you.</p>")


def post(database: Database, cause: str = "invoice:1") -> bool:
    with database.writing() as session:
        return outbox.post(session, 1, "receipt", cause, MAIL)


class TestTheOutbox:
    def test_a_mail_that_fails_is_tried_again_after_a_minute(self, database: Database) -> None:
        post(database)
        now = clock.wall()
        with database.writing() as session:
            assert [mail.recipient for mail in outbox.claim(session, now)] == ["reader@example.org"]
            outbox.mark_failed(session, 1, now, "no answer")
        with database.writing() as session:
            assert outbox.claim(session, now + timedelta(seconds=59)) == []
            assert len(outbox.claim(session, now + timedelta(seconds=61))) == 1

    def test_a_claimed_mail_is_nobody_elses_until_its_time_is_over(self, database: Database) -> None:
        post(database)
        now = clock.wall()
        with database.writing() as session:
            assert len(outbox.claim(session, now)) == 1
        with database.writing() as session:
            assert outbox.claim(session, now + timedelta(seconds=5)) == []
            assert len(outbox.claim(session, now + outbox.CLAIMED_FOR)) == 1

    def test_a_mail_is_given_up_after_three_days(self, database: Database) -> None:
        post(database)
        late = clock.wall() + timedelta(hours=73)
        with database.writing() as session:
            outbox.mark_failed(session, 1, late, "no answer")
        with database.writing() as session:
            assert outbox.claim(session, late + timedelta(days=1)) == []

    def test_a_sent_mail_is_not_sent_again(self, database: Database) -> None:
        post(database)
        with database.writing() as session:
            outbox.mark_sent(session, 1, clock.wall())
        with database.writing() as session:
            assert outbox.claim(session, clock.wall() + timedelta(days=1)) == []

    def test_a_mail_that_has_lost_its_sense_is_kept_back_and_never_sent(self, database: Database) -> None:
        post(database)
        with database.writing() as session:
            assert outbox.withdraw(session, [("receipt", "invoice:1"), ("receipt", "invoice:9")]) == 1
        with database.writing() as session:
            assert outbox.claim(session, clock.wall() + timedelta(days=1)) == []
        assert not post(database)

    def test_a_mail_that_was_sent_can_not_be_kept_back(self, database: Database) -> None:
        post(database)
        with database.writing() as session:
            outbox.mark_sent(session, 1, clock.wall())
            assert outbox.withdraw(session, [("receipt", "invoice:1")]) == 0

    def test_it_says_which_of_some_mails_were_posted(self, database: Database) -> None:
        post(database)
        with database.reading() as session:
            assert outbox.posted(session, [("receipt", "invoice:1"), ("receipt", "invoice:2")]) == {
                ("receipt", "invoice:1")
            }
