"""Roles, and what they are allowed; the time within which a password counts as just given."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FRESH = timedelta(minutes=10)
"""So long after the password was given, acts that need a fresh sign-in are done without asking again."""


class Role(StrEnum):
    """What a member of staff may do; each role may do all that the one before it may."""

    VIEWER = "viewer"
    SUPPORT = "support"
    ADMIN = "admin"

    def covers(self, needed: "Role") -> bool:
        """Tell whether this role may do what `needed` may."""
        return _ORDER.index(self) >= _ORDER.index(needed)

    @property
    def needs_second_factor(self) -> bool:
        """Tell whether a password alone is not enough: everybody who may change something."""
        return self is not Role.VIEWER


_ORDER = (Role.VIEWER, Role.SUPPORT, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff, as the rooms of /admin know the person in front of them."""

    member_id: int
    reader_id: int
    publisher_id: int
    role: Role

    @property
    def actor(self) -> str:
        """The member's name in the audit."""
        return f"staff:{self.member_id}"


def is_fresh(password_at: datetime, now: datetime) -> bool:
    """Tell whether a password that was given at that time still counts as just given; both wall time."""
    return now - password_at < FRESH
