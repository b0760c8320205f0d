"""What a member has proved in this sign-in: the second factor, and the password again."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from paywall.database import insert_once
from paywall.staff.tables import Proof


def note_second_factor(session: Session, sign_in_id: int, member_id: int, now: datetime) -> None:
    """Note that the second factor was shown in this sign-in; `now` is wall time."""
    _note(session, sign_in_id, member_id, second_factor_at=now)


def note_password(session: Session, sign_in_id: int, member_id: int, now: datetime) -> None:
    """Note that the password was given again in this sign-in; `now` is wall time."""
    _note(session, sign_in_id, member_id, password_at=now)


def _note(session: Session, sign_in_id: int, member_id: int, **what: datetime) -> None:
    insert_once(session, Proof, {"sign_in_id": sign_in_id, "member_id": member_id})
    session.execute(update(Proof).where(Proof.sign_in_id == sign_in_id).values(member_id=member_id, **what))
