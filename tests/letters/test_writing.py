"""In whose words a mail is written, and what becomes of words that fit no more."""

from dataclasses import replace

import pytest
from sqlalchemy import insert
from structlog.testing import capture_logs

from paywall import clock
from paywall.audit import AuditEntry
from paywall.database import Database
from paywall.errors import BadInput, NotFound
from paywall.letters.keeping import Place, give_words, languages_with_own_words, own_words, take_words_back
from paywall.letters.rules import Words
from paywall.letters.tables import MailText
from paywall.letters.writing import Occasion, write_mail
from paywall.mail import Letterhead
from paywall.outbox import Mail
from paywall.publishers.rules import Profile
from paywall.publishers.setup import NewPublisher, set_up_publisher

HEAD = Letterhead("The News", "desk@news.test", "https://news.test", "#8a1c1c")
VALUES = {"email": "r@example.org", "reset_url": "https://news.test/reset-password/1"}
RUSSIAN = Words("Новый пароль: {newspaper}", "Здравствуйте, {email}.\n\n> Задать пароль: {reset_url}")


def give(database: Database, publisher_id: int, language: str, words: Words, kind: str = "reset") -> bool:
    with database.writing() as session:
        return give_words(session, Place(publisher_id, kind, language), words, actor="staff:1")


def write(database: Database, publisher: Profile, **values: str) -> Mail:
    with database.reading() as session:
        return write_mail(session, publisher, HEAD, Occasion("reset", "r@example.org", {**VALUES, **values}))


def deeds(database: Database) -> list[tuple[str, dict[str, object]]]:
    with database.reading() as session:
        return [(one.action, one.detail) for one in session.query(AuditEntry).order_by(AuditEntry.id)]


class TestAMail:
    def test_has_our_words_where_the_publisher_has_none(self, database: Database, publisher: Profile) -> None:
        mail = write(database, publisher)
        assert (mail.subject, "The link works once, within an hour." in mail.text) == ("Set a new password", True)

    def test_has_the_publishers_words_for_its_language(self, database: Database, publisher: Profile) -> None:
        give(database, publisher.id, "ru", RUSSIAN)
        assert write(database, publisher).subject == "Set a new password"
        mail = write(database, replace(publisher, language="ru"))
        assert mail.subject == "Новый пароль: The News"
        assert mail.text.startswith(
            "Здравствуйте, r@example.org.\n\nЗадать пароль:\nhttps://news.test/reset-password/1\n"
        )
        assert '<html lang="ru">' in mail.html

    def test_never_has_another_publishers_words(self, database: Database, publisher: Profile) -> None:
        with database.writing() as session:
            other = set_up_publisher(session, NewPublisher("other", "The Other", "other.test")).id
        give(database, other, "en", Words("Theirs", "> Theirs: {reset_url}"))
        assert write(database, publisher).subject == "Set a new password"
        with database.writing() as session:
            assert languages_with_own_words(session, publisher.id) == {}
            assert not take_words_back(session, Place(publisher.id, "reset", "en"), actor="staff:1")
            assert own_words(session, Place(other, "reset", "en"))

    def test_has_our_subject_where_a_blank_of_theirs_says_nothing(self, database: Database, publisher: Profile) -> None:
        give(database, publisher.id, "en", Words("Dear {email}", "> Theirs: {reset_url}"))
        mail = write(database, publisher, email="")
        assert (mail.subject, "Theirs:" in mail.text) == ("Set a new password", True)


class TestWordsThatFitNoMore:
    @pytest.mark.parametrize(
        "stored",
        [
            Words("Hello", "{a_blank_that_is_gone}\n\n> Set it: {reset_url}"),
            Words("Hello", "What is needed is not in it."),
            Words("", ""),
            Words("{", "}"),
        ],
    )
    def test_give_way_to_ours_and_the_log_says_so(self, database: Database, publisher: Profile, stored: Words) -> None:
        key = {"publisher_id": publisher.id, "kind": "reset", "language": "en", "changed_at": clock.now()}
        with database.writing() as session:
            session.execute(insert(MailText).values(**key, subject=stored.subject, text=stored.text))
        with capture_logs() as logs:
            mail = write(database, publisher)
        assert mail.subject == "Set a new password"
        assert [(one["log_level"], one["kind"], one["language"]) for one in logs] == [("warning", "reset", "en")]
        assert "r@example.org" not in str(logs)


class TestKeeping:
    def test_notes_what_was_and_what_is(self, database: Database, publisher: Profile) -> None:
        first, second = Words("One", "> A: {reset_url}"), Words("Two", "> A: {reset_url}")
        assert [give(database, publisher.id, "az", words) for words in (first, second, second)] == [True, True, False]
        with database.writing() as session:
            assert languages_with_own_words(session, publisher.id) == {"reset": ["az"]}
            assert take_words_back(session, Place(publisher.id, "reset", "az"), actor="staff:1")
        where = {"kind": "reset", "language": "az"}
        ours = {"subject": None, "text": None}
        assert deeds(database) == [
            ("mail_text_set", {**where, "before": ours, "after": {"subject": "One", "text": first.text}}),
            ("mail_text_set", {**where, "before": {"subject": "One"}, "after": {"subject": "Two"}}),
            ("mail_text_taken_back", {**where, "before": {"subject": "Two", "text": second.text}, "after": ours}),
        ]

    def test_stores_nothing_of_words_that_can_not_be_taken(self, database: Database, publisher: Profile) -> None:
        with pytest.raises(BadInput):
            give(database, publisher.id, "en", Words("Hello", "No link."))
        with pytest.raises(BadInput, match="languages"):
            give(database, publisher.id, "tlh", RUSSIAN)
        with pytest.raises(NotFound):
            give(database, publisher.id, "en", RUSSIAN, kind="blocks")
        with database.reading() as session:
            assert (session.query(MailText).count(), deeds(database)) == (0, [])
