"""Cancelling in two clicks, and taking it back."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from paywall.account.views.pages import account, page, reader_id, to_the_account
from paywall.billing.changing.asking import current as current_of
from paywall.billing.changing.cancelling import NothingToCancel, cancel
from paywall.billing.changing.reasons import SENTENCES, Farewell, Via, read_farewell
from paywall.billing.changing.resuming import NothingToResume, resume
from paywall.billing.parts import billing
from paywall.errors import BadInput
from paywall.readers.current import sign_in_required
from paywall.web.forms import Form, read_form

blueprint = Blueprint("cancelling", __name__)


@blueprint.get("/account/subscription/cancellation")
@sign_in_required
def ask() -> ResponseReturnValue:
    """Say what cancelling will do; changes nothing."""
    return _question()


@blueprint.post("/account/subscription/cancellation")
@sign_in_required
def do() -> ResponseReturnValue:
    """Cancel at the end of what is paid for."""
    form = read_form()
    try:
        farewell = farewell_of(form)
    except BadInput as problem:
        return _question(422, form, {problem.field: problem.sentence})
    try:
        cancel(billing(), current_of(billing(), reader_id()), farewell, Via.ACCOUNT)
    except NothingToCancel:
        flash("There was nothing to cancel.")
    return to_the_account()


@blueprint.post("/account/subscription/resumption")
@sign_in_required
def undo() -> ResponseReturnValue:
    """Take a cancellation back."""
    try:
        resume(billing(), reader_id())
    except NothingToResume:
        flash("That subscription has ended; you can subscribe again.")
    return to_the_account()


def farewell_of(form: Form) -> Farewell:
    """Return what somebody says who cancels; raises BadInput naming the field."""
    return read_farewell(form.text("reason"), form.text("comment"))


def _question(
    status: int = 200, form: Form | None = None, errors: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    shown = account()
    if not shown.can_cancel:
        return redirect("/account", 303)
    typed = {name: form.text_or(name) for name in ("reason", "comment")} if form else {}
    return page("cancellation", status, account=shown, reasons=SENTENCES, typed=typed, errors=errors or {})
