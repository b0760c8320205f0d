"""Mails leave through a real SMTP conversation; what can't leave waits."""

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from paywall import outbox
from paywall.database import Database
from paywall.mailer import drain_outbox
from paywall.outbox import Mail, OutboxMail
from paywall.settings import Environment, Settings
from tests.engines import free_port

SETTINGS = Settings(secret_key="x" * 32, base_url="https://news.test", mail_sender="News <news@news.test>")
MAIL = Mail("reader@example.org", "Your receipt: 4,99 ₼", "Thank you, Ömər.", "<p>Thank you, Ömər.</p>")


class Letterbox:
    def __init__(self) -> None:
        self.mails: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.mails.append(envelope.content.decode())
        return "250 OK"


@pytest.fixture
def letterbox() -> Iterator[tuple[Letterbox, str]]:
    box, port = Letterbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture
def posted(database: Database) -> Database:
    with database.writing() as session:
        outbox.post(session, 1, "receipt", "invoice:1", MAIL)
    return database


def stored(database: Database) -> OutboxMail:
    with database.reading() as session:
        return session.scalars(select(OutboxMail)).one()


class TestSending:
    def test_a_mail_arrives_once_with_both_its_parts(self, posted: Database, letterbox: tuple[Letterbox, str]) -> None:
        box, url = letterbox
        settings = replace(SETTINGS, smtp_url=url)
        assert (drain_outbox(posted, settings), drain_outbox(posted, settings)) == (1, 0)
        [mail] = box.mails
        assert "To: reader@example.org" in mail
        assert "text/plain" in mail
        assert "text/html" in mail
        assert stored(posted).sent_at is not None

    def test_without_a_mail_server_mails_wait(self, posted: Database) -> None:
        assert drain_outbox(posted, SETTINGS) == 0
        assert stored(posted).attempts == 0

    def test_a_server_that_is_down_is_asked_again_later(self, posted: Database) -> None:
        assert drain_outbox(posted, replace(SETTINGS, smtp_url=f"smtp://127.0.0.1:{free_port()}")) == 0
        assert (stored(posted).attempts, stored(posted).sent_at) == (1, None)

    def test_in_the_demo_a_mail_counts_as_sent(self, posted: Database) -> None:
        assert drain_outbox(posted, replace(SETTINGS, env=Environment.DEMO)) == 1

    def test_no_transaction_is_open_while_the_mail_server_is_spoken_to(self, posted: Database) -> None:
        def send(_message: EmailMessage) -> None:
            with posted.writing() as session:  # would wait for ever if the claim were still open
                outbox.post(session, 1, "receipt", "invoice:2", MAIL)

        assert drain_outbox(posted, SETTINGS, send) == 1

    def test_a_kind_that_can_be_switched_off_says_how_to_mail_programs(self, database: Database) -> None:
        address = "https://news.test/billing/mails/x"
        with database.writing() as session:
            outbox.post(session, 1, "receipt", "invoice:1", MAIL)
            outbox.post(session, 1, "receipt", "invoice:2", replace(MAIL, unsubscribe_url=address))
        sent: list[EmailMessage] = []
        assert drain_outbox(database, SETTINGS, sent.append) == 2
        assert [mail["List-Unsubscribe"] for mail in sent] == [None, f"<{address}>"]
        assert [mail["List-Unsubscribe-Post"] for mail in sent] == [None, "List-Unsubscribe=One-Click"]

    @pytest.mark.parametrize("subject", ["Hello\r\nBcc: victim@example.org", "Hello\nX: y"])
    def test_a_line_break_can_not_smuggle_in_a_header(self, database: Database, subject: str) -> None:
        with database.writing() as session:
            outbox.post(session, 1, "receipt", "invoice:1", replace(MAIL, subject=subject))
        sent: list[EmailMessage] = []
        assert drain_outbox(database, SETTINGS, sent.append) == 0
        assert (sent, stored(database).attempts) == ([], 1)
