"""Pausing a subscription, and going on earlier than planned."""

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from paywall import clock
from paywall.account.changes import PauseOption, going_on_words, pause_option
from paywall.account.views.pages import page, reader_id, to_the_account, tongue
from paywall.billing.changing.asking import current, held
from paywall.billing.changing.pausing import (
    CannotPause,
    NotPaused,
    go_on,
    going_on,
    is_readers_to_end,
    pause,
    pauses,
)
from paywall.billing.parts import billing
from paywall.billing.stripe_errors import CardRefused
from paywall.billing.subscriptions.tables import Subscription
from paywall.errors import BadInput
from paywall.readers.current import sign_in_required, the_reader
from paywall.web.forms import read_form

blueprint = Blueprint("pausing", __name__)


@blueprint.get("/account/subscription/pause")
@sign_in_required
def ask() -> ResponseReturnValue:
    """Show how long one may pause, and what that means; changes nothing."""
    return _question(200, {})


@blueprint.post("/account/subscription/pause")
@sign_in_required
def do() -> ResponseReturnValue:
    """Pause after what is paid for."""
    wanted = read_form().text("periods")
    try:
        pause(billing(), reader_id(), int(wanted) if wanted in ("1", "2", "3") else 0, clock.now())
    except BadInput as problem:
        return _question(422, {problem.field: problem.sentence})
    except CannotPause as problem:
        flash(problem.sentence)
    return to_the_account()


@blueprint.get("/account/subscription/continuation")
@sign_in_required
def ask_to_go_on() -> ResponseReturnValue:
    """Say what going on will cost today; changes nothing."""
    row = current(billing(), the_reader().id)
    if row is None or not is_readers_to_end(row):
        return redirect("/account", 303)
    now = clock.now()
    sentence = going_on_words(going_on(row, now), tongue(), now)
    return page("continuation", sentence=sentence)


@blueprint.post("/account/subscription/continuation")
@sign_in_required
def continue_now() -> ResponseReturnValue:
    """End the pause."""
    try:
        go_on(billing(), reader_id(), clock.now())
    except NotPaused as problem:
        flash(problem.sentence)
    except CardRefused as refusal:
        flash(f"{refusal.sentence} Nothing has changed.", "error")
    return to_the_account()


def _question(status: int, errors: dict[str, str]) -> ResponseReturnValue:
    row = current(billing(), the_reader().id)
    options = _options(row) if row else []
    if row is None or not options:
        return redirect("/account", 303)
    begins = tongue().day(row.paid_through_at or clock.now(), clock.now())
    return page("pause", status, options=options, begins=begins, errors=errors)


def _options(row: Subscription) -> list[PauseOption]:
    now, rate = clock.now(), held(row).rate
    return [pause_option(one, rate, tongue(), now) for one in pauses(row, now)]
