"""The mails of the readers' room: confirm an address, set a new password, a password was changed."""

import secrets
from dataclasses import dataclass

from sqlalchemy.orm import Session

from paywall import outbox
from paywall.mail import Letterhead, compose
from paywall.publishers.letterhead import letterhead
from paywall.publishers.rules import Profile
from paywall.readers import links
from paywall.readers.email_address import for_people
from paywall.readers.tables import Reader
from paywall.settings import Settings

_NOBODY = Reader(id=0, publisher_id=0, email="nobody@localhost", email_normalized="nobody@localhost", fs_uniquifier="")
_PATHS = {links.Purpose.RESET: "/reset-password/", links.Purpose.CONFIRM: "/confirm/"}
_SUBJECTS = {links.Purpose.RESET: "Set a new password", links.Purpose.CONFIRM: "Confirm your e-mail address"}


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
    subject = f"Your password at {desk.publisher.name} was changed"
    mail = compose("password_changed", desk.head, reader.email, subject, email=for_people(reader.email))
    outbox.post(session, desk.publisher.id, "password_changed", _new_cause(reader), mail)


def _send_link(session: Session, desk: Desk, purpose: links.Purpose, reader: Reader | None) -> None:
    """Post a mail with a link; without a reader the same mail is written to nobody and torn up again."""
    to = reader or _NOBODY
    link = desk.head.site_url + _PATHS[purpose] + links.sign(desk.settings.secret_key, purpose, to)
    mail = compose(purpose, desk.head, to.email, _SUBJECTS[purpose], email=for_people(to.email), link=link)
    with session.begin_nested() as step:
        outbox.post(session, desk.publisher.id, purpose, _new_cause(to), mail)
        if reader is None:
            step.rollback()


def _new_cause(reader: Reader) -> str:
    """Each asking is a cause of its own: what stops a flood are the ceilings, before it comes here."""
    return f"{reader.id}:{secrets.token_hex(8)}"
