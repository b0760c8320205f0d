"""Recovery codes: ten, each for one time, shown once and kept as digests."""

import secrets

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from paywall import audit
from paywall.staff.rules import Staff
from paywall.staff.sealing import Chest
from paywall.staff.tables import RecoveryCode

HOW_MANY = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_HALF = 5


def renew_codes(session: Session, chest: Chest) -> list[str]:
    """Return ten new codes (`ab3de-fg4hj`, 49 bits each); those there were are worth nothing."""
    staff = chest.staff
    codes = [f"{_letters()}-{_letters()}" for _ in range(HOW_MANY)]
    session.execute(delete(RecoveryCode).where(RecoveryCode.member_id == staff.member_id))
    session.add_all(RecoveryCode(member_id=staff.member_id, digest=chest.digest(code)) for code in codes)
    _note(session, staff, "recovery_codes_made")
    return codes


def codes_left(session: Session, staff: Staff) -> int:
    """Return how many codes have not been used."""
    mine = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.member_id == staff.member_id)
    return session.scalar(mine) or 0


def spend_code(session: Session, chest: Chest, typed: str) -> bool:
    """Use a code up; returns whether it was one, however it was typed."""
    letters = "".join(letter for letter in typed.lower() if letter in _LETTERS)
    digest = chest.digest(f"{letters[:_HALF]}-{letters[_HALF:]}")
    mine = (RecoveryCode.member_id == chest.staff.member_id, RecoveryCode.digest == digest)
    if session.execute(delete(RecoveryCode).where(*mine).returning(RecoveryCode.id)).first() is None:
        return False
    _note(session, chest.staff, "recovery_code_used")
    return True


def _letters() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_HALF))


def _note(session: Session, staff: Staff, action: str) -> None:
    audit.write(session, staff.publisher_id, staff.actor, action, f"reader:{staff.reader_id}", member=staff.member_id)
