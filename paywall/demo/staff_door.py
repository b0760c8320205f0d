"""`/demo/staff`: how to get into /admin of the demo: address, password, and the code of this moment."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from paywall import clock
from paywall.demo.content import ADMIN, TOTP_SECRET
from paywall.demo.place import Place
from paywall.staff.totp import code_at, in_groups
from paywall.web import current

PATH = "/demo/staff"


def make_blueprint(place: Place) -> Blueprint:
    """Return the page of this demo."""
    blueprint = Blueprint("staff_door", __name__)

    @blueprint.get(PATH)
    def door() -> ResponseReturnValue:
        code, secret = code_at(TOTP_SECRET, clock.wall()), in_groups(TOTP_SECRET)
        known = {"email": ADMIN, "password": place.admin_password(), "code": code, "secret": secret}
        return render_template("demo/staff.html", publisher=current.publisher(), **known)

    return blueprint
