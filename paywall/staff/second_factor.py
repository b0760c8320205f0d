"""The second factor of a member: set up, shown, taken away. A code counts once, whoever sends it twice.

Every step works in the caller's transaction; `now` is wall time.
"""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from paywall import audit
from paywall.errors import BadInput, PaywallError
from paywall.staff.proving import note_second_factor
from paywall.staff.recovery import renew_codes, spend_code
from paywall.staff.rules import Staff
from paywall.staff.sealing import Chest
from paywall.staff.tables import Proof, RecoveryCode, StaffMember
from paywall.staff.totp import step_of

WRONG = "This is not the code of this moment. Wait for the next one, and check that the clock of your phone is right."


class SetUpAlready(PaywallError):
    """Your second factor is set up already."""

    status = 409
    code = "second_factor_set_up"


def set_up(session: Session, chest: Chest, offered: str, code: str, now: datetime) -> list[str]:
    """Set up the second factor whose sealed secret was `offered`, and return ten recovery codes.

    Raises BadInput for a wrong code, SetUpAlready where there is one.
    """
    secret, staff = chest.take_out(offered), chest.staff
    step = step_of(secret, code, now) if secret else None
    if step is None:
        raise BadInput("code", WRONG)
    unset = (StaffMember.id == staff.member_id, StaffMember.totp_sealed.is_(None))
    values = {"totp_sealed": offered, "totp_step": step}
    if session.execute(update(StaffMember).where(*unset).values(values).returning(StaffMember.id)).first() is None:
        raise SetUpAlready
    _note(session, staff, staff.actor, "second_factor_set_up")
    return renew_codes(session, chest)


def is_shown(session: Session, chest: Chest, code: str, now: datetime) -> bool:
    """Tell whether this is the code of this moment, or a recovery code; either is used up by it."""
    row = session.get_one(StaffMember, chest.staff.member_id)
    secret = chest.take_out(row.totp_sealed) if row.totp_sealed else None
    step = step_of(secret, code, now) if secret else None
    if step is not None:
        return _use(session, chest.staff.member_id, step)
    return secret is not None and spend_code(session, chest, code)


def show(session: Session, staff: Staff, sign_in_id: int, now: datetime) -> None:
    """Note that the second factor was shown in this sign-in."""
    note_second_factor(session, sign_in_id, staff.member_id, now)
    _note(session, staff, staff.actor, "second_factor_shown")


def take_away(session: Session, staff: Staff, *, actor: str) -> None:
    """Forget a member's second factor and recovery codes: it is asked to set up another, everywhere."""
    row = session.get_one(StaffMember, staff.member_id)
    row.totp_sealed, row.totp_step = None, 0
    for table in (RecoveryCode, Proof):
        session.execute(delete(table).where(table.member_id == staff.member_id))
    _note(session, staff, actor, "second_factor_taken_away")


def _use(session: Session, member_id: int, step: int) -> bool:
    unused = (StaffMember.id == member_id, StaffMember.totp_step < step)
    used = update(StaffMember).where(*unused).values(totp_step=step).returning(StaffMember.id)
    return session.execute(used).first() is not None


def _note(session: Session, staff: Staff, actor: str, action: str) -> None:
    audit.write(session, staff.publisher_id, actor, action, f"reader:{staff.reader_id}", member=staff.member_id)
