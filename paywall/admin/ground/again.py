"""The password again: asked on a page that carries the form along which it interrupts, so that this goes on by itself.

What had been typed stands in the page as hidden fields, and comes back with the password to the address it was on its
way to: nothing of it is kept here, no address is taken from outside, and the form's own token still counts once.
"""

from collections.abc import Sequence

from flask import flash, g, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict

from paywall import clock
from paywall.admin.ground.door import came_from, current_staff, led_to, page_of_ours
from paywall.admin.ground.pages import page
from paywall.readers import current as who
from paywall.readers.current import the_reader
from paywall.readers.passwords import is_right
from paywall.staff.proving import note_password
from paywall.web import current, limits
from paywall.web.forms import Form
from paywall.web.limits import Ceilings, Pace
from paywall.web.origin import SAFE_METHODS

PAGE = "/admin/password"
PACE = Ceilings("staff-password", account=Pace(10, 15), network=Pace(100, 15))
PASSWORD, BACK = "again_password", "again_back"
"""The fields that the page adds to those it carries; no form of ours has any of these names."""
WRONG = "This is not your password."
MOST_FIELDS = 300
MOST_CHARACTERS = 64_000

Fields = Sequence[tuple[str, str]]


def password_again(*, is_needed: bool) -> ResponseReturnValue | None:
    """Return the page that asks for the password; None where the form may go on: it came along, or is not needed.

    A page that is only looked at is asked for elsewhere, with the way back; so is a form that can't be carried.
    """
    if request.method in SAFE_METHODS:
        return led_to(PAGE) if is_needed else None
    password = _taken_out()
    if not is_needed or (password is not None and shows(password)):
        return None
    fields = list(request.form.items(multi=True))
    if not _can_be_carried(fields):
        flash("Your form could not be kept meanwhile. Fill it in once more after your password.")
        return led_to(PAGE)
    return _page(fields, is_wrong=password is not None)


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


def _taken_out() -> str | None:
    """Take what the page has added out of the form, before anything else reads it; returns the password, if it came."""
    form = Form(request.form.to_dict(flat=False))
    if BACK not in form.values:
        return None
    g.came_from = page_of_ours(form.text_or(BACK))
    rest = [pair for pair in request.form.items(multi=True) if pair[0] not in (PASSWORD, BACK)]
    request.form = ImmutableMultiDict(rest)
    return form.text_or(PASSWORD)


def _can_be_carried(fields: Fields) -> bool:
    """Tell whether a page can carry this: no files, not more than forms of ours have, nothing that browsers change."""
    size = sum(len(name) + len(value) for name, value in fields)
    is_plain = not any("\0" in name + value for name, value in fields)
    return not request.files and len(fields) <= MOST_FIELDS and size <= MOST_CHARACTERS and is_plain


def _page(fields: Fields, *, is_wrong: bool) -> ResponseReturnValue:
    errors = {PASSWORD: WRONG} if is_wrong else {}
    carried = [(name, value) for name, value in fields if name != "csrf_token"]
    return page("staff/again", 422 if is_wrong else 200, carried=carried, back=came_from(), errors=errors)
