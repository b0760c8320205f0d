"""The code of the second factor: asked on a page that carries the form along, for a while and for one sign-in."""

from datetime import timedelta

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from paywall import clock
from paywall.admin.ground.carrying import CODE, SEAL, answer_to, carry
from paywall.admin.ground.door import came_from, current_staff, led_to
from paywall.readers import current as who
from paywall.safe import Safe, SecretLost
from paywall.staff.finding import colleague, proved
from paywall.staff.sealing import Chest
from paywall.staff.second_factor import WRONG, is_shown, show
from paywall.web import current, limits
from paywall.web.limits import Ceilings, Pace
from paywall.web.origin import SAFE_METHODS

PAGE = "/admin/second-factor"
PACE = Ceilings("staff-code", account=Pace(10, 15), network=Pace(100, 15))
CARRIED_FOR = timedelta(minutes=15)
_TOO_LATE = "Your code is taken. The form before it had waited too long and was not done: look at it and send it again."


def code_again() -> ResponseReturnValue | None:
    """Return the page that asks for the code, or has it set up; None where it came along, and the form may go on.

    The form is carried for fifteen minutes, by the sign-in that sent it and no other.
    """
    if request.method in SAFE_METHODS or not _has_one():
        return led_to(PAGE)
    code = answer_to(CODE)
    seal = _seal() if code is None else answer_to(SEAL) or ""
    if code is None or not shows(code):
        return carry("staff/code_again", CODE, PAGE, WRONG if code is not None else "", seal)
    if _is_in_time(seal):
        return None
    flash(_TOO_LATE)
    return redirect(came_from(), 303)


def shows(code: str) -> bool:
    """Take a code, or a recovery code, for this sign-in; tells whether it is right, or another tab's was just now."""
    staff, sign_in_id = current_staff(), who.sign_in_id() or 0
    limits.spend(PACE, f"staff:{staff.member_id}")
    with current.database().writing() as session:
        if is_shown(session, chest(), code.replace(" ", ""), clock.wall()):
            show(session, staff, sign_in_id, clock.wall())
            return True
        return proved(session, sign_in_id).has_second_factor


def chest() -> Chest:
    """Return what seals the secrets of the member in front of this page."""
    return Chest(current.settings().secret_key, current_staff())


def _has_one() -> bool:
    staff = current_staff()
    return colleague(current.session(), staff.publisher_id, staff.member_id).has_second_factor


def _seal() -> str:
    return _safe().put_away((clock.wall() + CARRIED_FOR).isoformat())


def _is_in_time(seal: str) -> bool:
    try:
        return clock.wall().isoformat() <= _safe().take_out(seal)
    except SecretLost:
        return False


def _safe() -> Safe:
    whose = f"{current_staff().member_id} {who.sign_in_id()}"
    return Safe(current.settings().secret_key, f"form before the second factor {whose}")
