"""Hands the outbox's mails to the mail server; in the demo they are only marked as sent and shown in its mailbox."""

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr
from urllib.parse import unquote, urlsplit

from structlog import get_logger

from paywall import clock, outbox
from paywall.database import Database
from paywall.outbox import OutboxMail
from paywall.settings import Settings

log = get_logger()
SMTP_SECONDS = 10

Sender = Callable[[EmailMessage], None]


def drain_outbox(database: Database, settings: Settings, send: Sender | None = None) -> int:
    """Send what is due; returns how many mails were handed over. A failure is noted and tried again later."""
    send = send or sender(settings)
    if send is None:
        return 0
    with database.writing() as session:
        mails = outbox.claim(session, clock.wall())
        session.expunge_all()
    return sum(_deliver(database, settings, mail, send) for mail in mails)


def sender(settings: Settings) -> Sender | None:
    """Return what sends a message: SMTP where configured, nothing but a nod in the demo, else None: mails wait."""
    if settings.smtp_url:
        return lambda message: send_by_smtp(settings.smtp_url or "", message)
    return (lambda _message: None) if settings.is_demo else None


def compose(settings: Settings, mail: OutboxMail) -> EmailMessage:
    """Return the mail as a message with a text and an HTML part."""
    message = EmailMessage()
    message["From"] = settings.mail_sender
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Message-ID"] = make_msgid(str(mail.id), domain=parseaddr(settings.mail_sender)[1].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe_url:  # RFC 8058: mail programs show a button that needs no page
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def send_by_smtp(url: str, message: EmailMessage) -> None:
    """Send one message; `smtp://` upgrades to TLS where the server offers it, `smtps://` starts with it."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "smtps"
    opened = (
        smtplib.SMTP_SSL(host, parts.port or 465, timeout=SMTP_SECONDS, context=ssl.create_default_context())
        if secure
        else smtplib.SMTP(host, parts.port or 587, timeout=SMTP_SECONDS)
    )
    with opened as server:
        server.ehlo_or_helo_if_needed()
        if not secure and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


def _deliver(database: Database, settings: Settings, mail: OutboxMail, send: Sender) -> bool:
    try:
        send(compose(settings, mail))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        log.warning("mail not sent", mail=mail.id, kind=mail.kind, error=str(error))
        with database.writing() as session:
            outbox.mark_failed(session, mail.id, clock.wall(), str(error))
        return False
    with database.writing() as session:
        outbox.mark_sent(session, mail.id, clock.wall())
    return True
