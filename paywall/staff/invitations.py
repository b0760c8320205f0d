"""Invitations to join the staff: a mailed link, good for seven days, one time, and one address.

Looking at a link spends nothing. Only the digest of its token is kept. Times are wall time.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from paywall import audit, outbox
from paywall.errors import BadInput, NotFound, PaywallError
from paywall.letters.rules import Values
from paywall.letters.writing import Occasion, write_mail
from paywall.mail import Letterhead
from paywall.publishers.profiles import read_profile
from paywall.publishers.ruling.holding import hold_publisher
from paywall.readers.accounts import confirm
from paywall.readers.email_address import EmailAddress
from paywall.readers.finding import reader_by_email
from paywall.readers.tables import Reader
from paywall.staff.finding import staff_of
from paywall.staff.joining import add_staff
from paywall.staff.rules import Role, Staff
from paywall.staff.tables import Invitation

LIFE = timedelta(days=7)
PATH = "/join-staff/"
KIND = "staff_invitation"
SAMPLES = ((KIND, "Somebody is invited to the staff"),)
"""The kind of mail of this room, and when it is sent."""


class InvitationDead(PaywallError):
    """This invitation was used already, taken back, or is older than seven days. Ask for another one."""

    status = 410
    code = "invitation_dead"


@dataclass(frozen=True, slots=True)
class Place:
    """What is offered, where, and to which address."""

    publisher_id: int
    address: EmailAddress
    role: Role


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that nobody has accepted yet."""

    invitation_id: int
    email: str
    email_normalized: str
    role: Role
    made_at: datetime


def invite(session: Session, place: Place, head: Letterhead, now: datetime, *, actor: str) -> str:
    """Mail a link to an address, and return it; an earlier one is worth nothing, its mail kept back if it waits.

    Raises BadInput for who works here already.
    """
    hold_publisher(session, place.publisher_id)  # of two who invite at once, one comes first
    reader = reader_by_email(session, place.publisher_id, place.address.normalized)
    if reader is not None and staff_of(session, place.publisher_id, reader.id):
        raise BadInput("email", "Somebody with this address works here already.")
    _forget(session, place)
    token = secrets.token_urlsafe(32)
    subject = f"staff_invitation:{_keep(session, place, token, now)}"
    link = f"{head.site_url}{PATH}{token}"
    occasion = Occasion(KIND, place.address.kept, values_of(place.role, link))
    mail = write_mail(session, read_profile(session, place.publisher_id), head, occasion)
    outbox.post(session, place.publisher_id, KIND, subject.partition(":")[2], mail)
    audit.write(session, place.publisher_id, actor, "staff_invited", subject, role=place.role.value)
    return link


def open_invitations(session: Session, publisher_id: int, now: datetime) -> list[Invited]:
    """Return what can still be accepted, the oldest first."""
    here = (Invitation.publisher_id == publisher_id, Invitation.made_at > now - LIFE)
    return [_invited(row) for row in session.scalars(select(Invitation).where(*here).order_by(Invitation.id))]


def read_invitation(session: Session, publisher_id: int, token: str, now: datetime) -> Invited:
    """Return what a link offers; spends nothing. Raises InvitationDead."""
    here = (Invitation.publisher_id == publisher_id, Invitation.digest == _digest(token))
    row = session.scalar(select(Invitation).where(*here, Invitation.made_at > now - LIFE))
    if row is None:
        raise InvitationDead
    return _invited(row)


def accept(session: Session, reader: Reader, token: str, now: datetime) -> Staff:
    """Take the offered place and spend the link; raises InvitationDead, also for whoever else has the link."""
    theirs = (Invitation.publisher_id == reader.publisher_id, Invitation.email_normalized == reader.email_normalized)
    good = (*theirs, Invitation.digest == _digest(token), Invitation.made_at > now - LIFE)
    role = session.scalar(delete(Invitation).where(*good).returning(Invitation.role))
    if role is None:
        raise InvitationDead
    confirm(session, reader)  # who reads the mail, owns the address
    return add_staff(session, reader.publisher_id, reader.id, Role(role), actor=f"reader:{reader.id}")


def values_of(role: Role, link: str) -> Values:
    """Return what the mail's blanks hold."""
    return {"role": role.value, "invitation_url": link}


def take_back(session: Session, by: Staff, invitation_id: int) -> None:
    """Make an invitation worthless; raises NotFound."""
    here = (Invitation.publisher_id == by.publisher_id, Invitation.id == invitation_id)
    if session.execute(delete(Invitation).where(*here).returning(Invitation.id)).first() is None:
        raise NotFound("That invitation is gone: accepted, or taken back before.")
    outbox.withdraw(session, [(KIND, str(invitation_id))])
    audit.write(session, by.publisher_id, by.actor, "staff_invitation_taken_back", f"staff_invitation:{invitation_id}")


def forget_old(session: Session, now: datetime) -> None:
    """Delete the invitations that nobody can accept any more."""
    session.execute(delete(Invitation).where(Invitation.made_at <= now - LIFE))


def _forget(session: Session, place: Place) -> None:
    there = (Invitation.publisher_id == place.publisher_id, Invitation.email_normalized == place.address.normalized)
    earlier = session.scalars(delete(Invitation).where(*there).returning(Invitation.id)).all()
    outbox.withdraw(session, [(KIND, str(number)) for number in earlier])


def _keep(session: Session, place: Place, token: str, now: datetime) -> int:
    row = Invitation(
        publisher_id=place.publisher_id,
        email=place.address.kept,
        email_normalized=place.address.normalized,
        role=place.role.value,
        digest=_digest(token),
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def _invited(row: Invitation) -> Invited:
    return Invited(row.id, row.email, row.email_normalized, Role(row.role), row.made_at)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
