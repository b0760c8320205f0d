"""`/demo/mailbox`: the mails that the demo would have sent, newest first."""

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from paywall.outbox import OutboxMail
from paywall.web import current

PATH = "/demo/mailbox"
blueprint = Blueprint("mailbox", __name__, url_prefix=PATH)
MOST = 100


@blueprint.get("")
def mails() -> ResponseReturnValue:
    """List the mails."""
    query = select(OutboxMail).order_by(OutboxMail.id.desc()).limit(MOST)
    return render_template("demo/mailbox.html", mails=current.session().scalars(query).all())


@blueprint.get("/<int:mail_id>")
def mail(mail_id: int) -> ResponseReturnValue:
    """Show one mail: its text, and a link to its HTML."""
    return render_template("demo/mail.html", mail=_mail(mail_id))


@blueprint.get("/<int:mail_id>/html")
def html(mail_id: int) -> Response:
    """Show a mail's HTML as a mail program would: styles of its own, no scripts."""
    response = Response(_mail(mail_id).html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return response


def _mail(mail_id: int) -> OutboxMail:
    found = current.session().get(OutboxMail, mail_id) if mail_id < 2**31 else None
    return found or abort(404)
