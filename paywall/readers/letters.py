"""The mails of the readers' room: confirm an address, set a new password, a password was changed."""

import secrets
from dataclasses import dataclass

from sqlalchemy.orm import Session

from paywall import outbox
from paywall.letters.rules import Values
from paywall.letters.writing import Occasion, write_mail
from paywall.mail import Letterhead
from paywall.outbox import Mail
from paywall.publishers.letterhead import letterhead
from paywall.publishers.rules import Profile
from paywall.readers import links
from paywall.readers.email_address import for_people
from paywall.readers.tables import Reader
from paywall.settings import Settings

_NOBODY = Reader(id=0, publisher_id=0, email="nobody@localhost", email_normalized="nobody@localhost", fs_uniquifier="")
_PATHS = {links.Purpose.RESET: "/reset-password/", links.Purpose.CONFIRM: "/confirm/"}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where letters are written: for one publisher, with the settings of this service."""

    publisher: Profile
    settings: Settings

    @property
    def head(self) -> Letterhead:
        """The publisher's letterhead."""
        return letterhead(self.publisher, self.settings.base_url)


def send_confirmation(session: Session, desk: Desk, reader: Reader | None) -> None:
    """Mail a link that confirms the reader's address; with no reader, take as long and mail nothing."""
    _send_link(session, desk, links.Purpose.CONFIRM, reader)


def send_reset(session: Session, desk: Desk, reader: Reader | None) -> None:
    """Mail a link that sets a new password; with no reader, take as long and mail nothing."""
    _send_link(session, desk, links.Purpose.RESET, reader)


def send_password_changed(session: Session, desk: Desk, reader: Reader) -> None:
    """Mail the news that the password was changed, so that whoever did not do it can act."""
    mail = _write(session, desk, "password_changed", reader.email, _password_changed(desk, reader.email))
    outbox.post(session, desk.publisher.id, "password_changed", _new_cause(reader), mail)


SAMPLES = (
    ("confirm", "An account was opened"),
    ("reset", "A password was forgotten"),
    ("password_changed", "A password was changed"),
)
"""Kinds of mail of this room, and when they are sent."""


def sample_values(desk: Desk, kind: str, address: str) -> Values | None:
    """Return what the blanks of a mail of that kind hold, with a link that leads nowhere; None for another kind."""
    if kind == "password_changed":
        return _password_changed(desk, address)
    return _with_link(desk, links.Purpose(kind), address, "…") if kind in set(links.Purpose) else None


def _password_changed(desk: Desk, address: str) -> Values:
    return {"email": for_people(address), "password_url": f"{desk.head.site_url}/forgot-password"}


def _with_link(desk: Desk, purpose: links.Purpose, address: str, token: str) -> Values:
    return {"email": for_people(address), f"{purpose}_url": desk.head.site_url + _PATHS[purpose] + token}


def _write(session: Session, desk: Desk, kind: str, address: str, values: Values) -> Mail:
    return write_mail(session, desk.publisher, desk.head, Occasion(kind, address, values))


def _send_link(session: Session, desk: Desk, purpose: links.Purpose, reader: Reader | None) -> None:
    """Post a mail with a link; without a reader the same mail is written to nobody and torn up again."""
    to = reader or _NOBODY
    values = _with_link(desk, purpose, to.email, links.sign(desk.settings.secret_key, purpose, to))
    mail = _write(session, desk, purpose, to.email, values)
    with session.begin_nested() as step:
        outbox.post(session, desk.publisher.id, purpose, _new_cause(to), mail)
        if reader is None:
            step.rollback()


def _new_cause(reader: Reader) -> str:
    """Each asking is a cause of its own: what stops a flood are the ceilings, before it comes here."""
    return f"{reader.id}:{secrets.token_hex(8)}"
