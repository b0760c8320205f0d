"""How people join a publisher's staff, change their role, and leave; each a row in the audit.

Call them in a transaction that was opened for writing (`Database.writing`): they decide by what they read.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paywall import audit, clock
from paywall.errors import NotFound, PaywallError
from paywall.readers.accounts import make_staff
from paywall.readers.finding import hold_reader, reader_by_id
from paywall.readers.tables import Reader
from paywall.staff.finding import as_staff, staff_of
from paywall.staff.rules import Role, Staff
from paywall.staff.tables import StaffMember


class LastAdmin(PaywallError):
    """This is the last admin. Make somebody else an admin first."""

    status = 409
    code = "last_admin"


def add_staff(session: Session, publisher_id: int, reader_id: int, role: Role, *, actor: str) -> Staff:
    """Make a reader a member of staff in that role; a member's role is changed. Raises NotFound or LastAdmin."""
    reader = _held(session, publisher_id, reader_id)
    there = staff_of(session, publisher_id, reader.id)
    if there:
        return change_role(session, publisher_id, there.member_id, role, actor=actor)
    row = StaffMember(publisher_id=publisher_id, reader_id=reader.id, role=role.value, added_at=clock.now())
    session.add(row)
    session.flush()
    make_staff(session, reader.id, is_staff=True)
    audit.write(session, publisher_id, actor, "staff_added", f"reader:{reader.id}", member=row.id, role=role.value)
    return as_staff(row)


def change_role(session: Session, publisher_id: int, member_id: int, role: Role, *, actor: str) -> Staff:
    """Give a member another role; the same role again changes nothing. Raises NotFound or LastAdmin."""
    row = _member(session, publisher_id, member_id)
    before = row.role
    if before != role.value:
        _keep_an_admin(session, row)
        row.role = role.value
        subject = f"reader:{row.reader_id}"
        audit.write(session, publisher_id, actor, "staff_role_changed", subject, before=before, after=role.value)
    return as_staff(row)


def remove_staff(session: Session, publisher_id: int, member_id: int, *, actor: str) -> None:
    """Make a member a reader as others are; raises NotFound or LastAdmin."""
    row = _member(session, publisher_id, member_id)
    _keep_an_admin(session, row)
    audit.write(session, publisher_id, actor, "staff_removed", f"reader:{row.reader_id}", member=row.id, role=row.role)
    make_staff(session, row.reader_id, is_staff=False)
    session.delete(row)


def _held(session: Session, publisher_id: int, reader_id: int) -> Reader:
    hold_reader(session, reader_id)
    reader = reader_by_id(session, publisher_id, reader_id)
    if reader is None or not reader.active:
        raise NotFound("There is no such account.")
    return reader


def _member(session: Session, publisher_id: int, member_id: int) -> StaffMember:
    """Return a member, with all admins held: of two who take each other's place away, one comes first."""
    admins = select(StaffMember.id).where(StaffMember.publisher_id == publisher_id, StaffMember.role == Role.ADMIN)
    session.execute(admins.order_by(StaffMember.id).with_for_update())
    here = select(StaffMember).where(StaffMember.publisher_id == publisher_id, StaffMember.id == member_id)
    row = session.scalar(here.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound("Nobody of that number works here.")
    return row


def _keep_an_admin(session: Session, row: StaffMember) -> None:
    if row.role != Role.ADMIN:
        return
    others = (StaffMember.publisher_id == row.publisher_id, StaffMember.role == Role.ADMIN, StaffMember.id != row.id)
    if not session.scalar(select(func.count()).select_from(StaffMember).where(*others)):
        raise LastAdmin
