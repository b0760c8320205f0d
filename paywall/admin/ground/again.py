"""The password again: asked on a page that carries the form it interrupts, so that this goes on by itself."""

from flask import request
from flask.typing import ResponseReturnValue

from paywall import clock
from paywall.admin.ground.carrying import PASSWORD, answer_to, carry
from paywall.admin.ground.door import current_staff, led_to
from paywall.readers import current as who
from paywall.readers.current import the_reader
from paywall.readers.passwords import is_right
from paywall.staff.proving import note_password
from paywall.web import current, limits
from paywall.web.limits import Ceilings, Pace
from paywall.web.origin import SAFE_METHODS

PAGE = "/admin/password"
PACE = Ceilings("staff-password", account=Pace(10, 15), network=Pace(100, 15))
WRONG = "This is not your password."


def password_again(*, is_needed: bool) -> ResponseReturnValue | None:
    """Return the page that asks for the password; None where the form may go on: it came along, or is not needed.

    A page that is only looked at is asked for elsewhere, with the way back; so is a form that can't be carried.
    """
    if not is_needed:
        return None
    if request.method in SAFE_METHODS:
        return led_to(PAGE)
    password = answer_to(PASSWORD)
    if password is not None and shows(password):
        return None
    return carry("staff/again", PASSWORD, PAGE, WRONG if password is not None else "")


def shows(password: str) -> bool:
    """Take the password for the next ten minutes of this sign-in; tells whether it is right."""
    staff, kept = current_staff(), the_reader().password
    limits.spend(PACE, f"staff:{staff.member_id}")
    current.session().commit()  # nobody hashes with a transaction open
    if not is_right(kept, password):
        return False
    with current.database().writing() as session:
        note_password(session, who.sign_in_id() or 0, staff.member_id, clock.wall())
    return True
