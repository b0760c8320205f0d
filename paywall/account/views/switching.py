"""Choosing another price: what each would cost, a preview to the minor unit, the order, and the way back."""

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from paywall import clock
from paywall.account.changes import ChoiceCard, choice_card, preview_words
from paywall.account.views.pages import account, page, reader_id, to_the_account, tongue
from paywall.billing.changing.asking import current
from paywall.billing.changing.choosing import CannotChangeNow, choices
from paywall.billing.changing.previewing import Preview, preview_change
from paywall.billing.changing.switching import Order, OutdatedPreview, Switched, switch, undo_switch
from paywall.billing.parts import billing
from paywall.billing.stripe_errors import CardRefused
from paywall.errors import BadInput
from paywall.readers.current import sign_in_required, the_reader
from paywall.web import current as web
from paywall.web.forms import Form, read_form

blueprint = Blueprint("switching", __name__)

_LATEST_SECOND = 253_402_300_799  # of the year 9999


@blueprint.get("/account/subscription/change")
@sign_in_required
def choose() -> ResponseReturnValue:
    """Show what else may be chosen; with `price` what that would cost. Changes nothing."""
    wanted = request.args.get("price", "")
    if not wanted:
        return page("change", account=account(), cards=_cards())
    try:
        return _confirm(preview_change(billing(), reader_id(), wanted, clock.now()))
    except CannotChangeNow:
        return to_the_account()


@blueprint.post("/account/subscription/change")
@sign_in_required
def do() -> ResponseReturnValue:
    """Change to what the preview said; where that is not exact any more, show it anew."""
    order = _order(read_form())
    try:
        outcome = switch(billing(), reader_id(), order, clock.now())
    except OutdatedPreview as outdated:
        return _confirm(outdated.fresh, is_anew=True)
    except CannotChangeNow:
        return to_the_account()
    except CardRefused as refusal:
        flash(f"{refusal.sentence} Nothing has changed.", "error")
        return to_the_account()
    if outcome is Switched.TO_CONFIRM:
        return redirect("/account/payment/open", 303)
    _say(outcome)
    return to_the_account()


@blueprint.post("/account/subscription/change/undoing")
@sign_in_required
def undo() -> ResponseReturnValue:
    """Take a scheduled change back."""
    undo_switch(billing(), reader_id())
    return to_the_account()


def _order(form: Form) -> Order:
    moment = form.text("moment")
    if not (moment.isascii() and moment.isdigit() and int(moment[:13]) <= _LATEST_SECOND and len(moment) <= 13):
        raise BadInput("moment", "Choose the price once more.")
    return Order(form.text("price"), form.text("seal"), int(moment))


def _say(outcome: Switched) -> None:
    """Say what became of the order."""
    match outcome:
        case Switched.UNPAID:
            flash("Your card was refused, and nothing has changed. Pay with another one, or leave it.", "error")
        case Switched.SCHEDULED:
            flash("Your change is noted.", "good")
        case _:
            flash("Your subscription is changed.", "good")


def _cards() -> list[ChoiceCard]:
    row = current(billing(), the_reader().id)
    found = choices(web.session(), row, clock.now()) if row else []
    return [choice_card(one, tongue()) for one in found]


def _confirm(preview: Preview, *, is_anew: bool = False) -> ResponseReturnValue:
    sentence = preview_words(preview, tongue(), clock.now())
    return page("change_confirm", preview=preview, sentence=sentence, is_anew=is_anew)
