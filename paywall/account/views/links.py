"""The pages behind the signed links in mails: cancelling and paying without signing in. A GET changes nothing."""

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template
from flask.typing import ResponseReturnValue

from paywall import clock
from paywall.account.changes import until_if_cancelled
from paywall.account.views.cancelling import farewell_of
from paywall.account.views.pages import tongue
from paywall.billing.changing.cancelling import Cancelled, NothingToCancel, cancel
from paywall.billing.changing.links import invoice_of_link, subscription_of_link
from paywall.billing.changing.paying import NothingToPay, invoice_address
from paywall.billing.changing.reasons import SENTENCES, Via
from paywall.billing.links import DeadLink
from paywall.billing.parts import billing
from paywall.billing.subscriptions.status import ENDED
from paywall.billing.subscriptions.tables import Subscription
from paywall.errors import BadInput
from paywall.web import current
from paywall.web.forms import read_form

blueprint = Blueprint("billing_links", __name__)


@blueprint.get("/billing/cancel/<token>")
def ask(token: str) -> ResponseReturnValue:
    """Say what cancelling will do."""
    try:
        row = _subscription(token)
    except DeadLink as dead:
        return _dead(dead)
    return _page("cancel", told=_told(row), until=_until(row), **_nothing_typed())


@blueprint.post("/billing/cancel/<token>")
def do(token: str) -> ResponseReturnValue:
    """Cancel at the end of what is paid for."""
    form = read_form()
    try:
        row = _subscription(token)
        outcome = cancel(billing(), row, farewell_of(form), Via.LINK)
    except DeadLink as dead:
        return _dead(dead)
    except NothingToCancel:
        return redirect(f"/billing/cancel/{token}", 303)
    except BadInput as problem:
        typed = {name: form.text_or(name) for name in ("reason", "comment")}
        errors = {problem.field: problem.sentence}
        told = {"told": _told(row), "until": _until(row), "reasons": SENTENCES, "typed": typed, "errors": errors}
        return _page("cancel", 422, **told)
    if outcome is Cancelled.NOTED:
        return _page("cancel", told="noted", until=_until(row), **_nothing_typed())
    return redirect(f"/billing/cancel/{token}", 303)


@blueprint.get("/billing/pay/<token>")
def pay(token: str) -> ResponseReturnValue:
    """Go to Stripe's page of the invoice; or say that there is nothing to pay."""
    try:
        invoice_id = invoice_of_link(current.session(), billing().links, current.publisher().id, token).stripe_id
        current.session().commit()
        return _keep_secret(make_response(redirect(invoice_address(billing(), invoice_id), 303)))
    except DeadLink as dead:
        return _dead(dead)
    except NothingToPay:
        return _page("nothing_to_pay")


def _subscription(token: str) -> Subscription:
    """Return the subscription that a link is for, and let go of the database: Stripe may be asked next."""
    row = subscription_of_link(current.session(), billing().links, current.publisher().id, token)
    current.session().expunge(row)
    current.session().commit()
    return row


def _told(row: Subscription) -> str:
    if row.status in ENDED:
        return "ended"
    return "cancelled" if row.cancels_at else "question"


def _until(row: Subscription) -> str:
    return until_if_cancelled(current.session(), row, tongue(), clock.now())


def _nothing_typed() -> dict[str, Any]:
    return {"reasons": SENTENCES, "typed": {}, "errors": {}}


def _dead(dead: DeadLink) -> Response:
    return _page("dead_link", dead.status, sentence=dead.sentence)


def _page(template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - templates take anything
    answer = make_response(render_template(f"account/links/{template}.html", publisher=current.publisher(), **values))
    answer.status_code = status
    return _keep_secret(answer)


def _keep_secret(answer: Response) -> Response:
    """Keep the address away from search engines and from the pages that are linked to."""
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
