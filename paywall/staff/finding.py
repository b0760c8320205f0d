"""Who is on the staff of a publisher, and what a sign-in has proved."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from paywall.errors import NotFound
from paywall.readers.tables import Reader
from paywall.staff.rules import Role, Staff
from paywall.staff.tables import Proof, StaffMember


@dataclass(frozen=True, slots=True)
class Colleague:
    """A line of the list of staff."""

    staff: Staff
    email: str
    added_at: datetime
    has_second_factor: bool


@dataclass(frozen=True, slots=True)
class Proved:
    """What a member has proved in a sign-in, wall time."""

    has_second_factor: bool = False
    password_at: datetime | None = None


def staff_of(session: Session, publisher_id: int, reader_id: int) -> Staff | None:
    """Return the reader as a member of the publisher's staff, None for a reader who is none."""
    here = (StaffMember.publisher_id == publisher_id, StaffMember.reader_id == reader_id)
    row = session.scalar(select(StaffMember).where(*here))
    return as_staff(row) if row else None


def colleagues(session: Session, publisher_id: int) -> list[Colleague]:
    """Return the publisher's staff, in the order in which they joined."""
    return [_colleague(*row) for row in session.execute(_people(publisher_id).order_by(StaffMember.id))]


def colleague(session: Session, publisher_id: int, member_id: int) -> Colleague:
    """Return one member of the publisher's staff; raises NotFound."""
    row = session.execute(_people(publisher_id).where(StaffMember.id == member_id)).first()
    if row is None:
        raise NotFound("Nobody of that number works here.")
    return _colleague(*row)


def proved(session: Session, sign_in_id: int) -> Proved:
    """Return what was proved in a sign-in."""
    row = session.scalar(select(Proof).where(Proof.sign_in_id == sign_in_id))
    return Proved(row.second_factor_at is not None, row.password_at) if row else Proved()


def as_staff(row: StaffMember) -> Staff:
    """Return the value that other rooms know a member by."""
    return Staff(row.id, row.reader_id, row.publisher_id, Role(row.role))


def _people(publisher_id: int) -> Select[StaffMember, str]:
    people = select(StaffMember, Reader.email).join(Reader, Reader.id == StaffMember.reader_id)
    return people.where(StaffMember.publisher_id == publisher_id)


def _colleague(row: StaffMember, email: str) -> Colleague:
    return Colleague(as_staff(row), email, row.added_at, row.totp_sealed is not None)
