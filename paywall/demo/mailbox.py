"""`/demo/mailbox`: the mails that the demo would have sent, newest first, as a mail program would show them."""

from flask import Blueprint, Response, abort, make_response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from paywall.outbox import OutboxMail
from paywall.web import current

PATH = "/demo/mailbox"
blueprint = Blueprint("mailbox", __name__, url_prefix=PATH)
MOST = 100
_FRAMING = "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; frame-ancestors 'none'"
_MAIL = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'self'"


@blueprint.get("")
def mailbox() -> ResponseReturnValue:
    """List the mails."""
    query = select(OutboxMail).order_by(OutboxMail.id.desc()).limit(MOST)
    mails = current.session().scalars(query).all()
    return render_template("demo/mailbox.html", publisher=current.publisher(), mails=mails)


@blueprint.get("/<int:mail_id>")
def mail(mail_id: int) -> ResponseReturnValue:
    """Show one mail, as HTML and as text."""
    response = make_response(render_template("demo/mail.html", mail=_mail(mail_id)))
    response.headers["Content-Security-Policy"] = _FRAMING
    return response


@blueprint.get("/<int:mail_id>/html")
def html(mail_id: int) -> Response:
    """Show a mail's HTML as a mail program would: styles of its own, no scripts, links that open outside of it."""
    response = Response(_mail(mail_id).html.replace("<a ", '<a target="_top" '), mimetype="text/html")
    response.headers["Content-Security-Policy"] = _MAIL
    return response


def _mail(mail_id: int) -> OutboxMail:
    found = current.session().get(OutboxMail, mail_id) if mail_id < 2**31 else None
    return found or abort(404)
