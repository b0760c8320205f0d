"""Switching a kind of mail off or on by the link that each such mail carries; nobody needs to sign in for that."""

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue

from paywall.billing.letters.choices import OPTIONAL, PURPOSE, mails_switched_off, switch_mails
from paywall.billing.links import DeadLink
from paywall.billing.parts import billing
from paywall.readers.finding import reader_by_id
from paywall.web import current
from paywall.web.forms import read_form

blueprint = Blueprint("mails", __name__, url_prefix="/billing/mails")


def install(app: Flask) -> None:
    """Register the page. The link is the proof: mail programs post to it by themselves (RFC 8058), with no token."""
    app.extensions["paywall.csrf"].exempt(blueprint)
    app.register_blueprint(blueprint)


@blueprint.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """Show whether this kind of mail is sent; changes nothing."""
    reader_id, kind = _read(token)
    is_off = kind in mails_switched_off(current.session(), reader_id)
    return render_template("billing/mails.html", publisher=current.publisher(), what=OPTIONAL[kind], is_off=is_off)


@blueprint.post("/<token>")
def switch(token: str) -> ResponseReturnValue:
    """Switch this kind of mail off, or on where the form says so."""
    reader_id, kind = _read(token)
    switch_mails(current.session(), reader_id, kind, read_form().text_or("switch") == "on")
    return show(token)


def _read(token: str) -> tuple[int, str]:
    """Return reader and kind of a link; raises DeadLink also for a reader who is gone, or another newspaper's."""
    reader, kind = billing().links.read(PURPOSE, token)
    if kind not in OPTIONAL or reader_by_id(current.session(), current.publisher().id, int(reader)) is None:
        raise DeadLink
    return int(reader), kind
