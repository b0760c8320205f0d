"""Trials: until when they go, the notice before, and what becomes of the subscription when nobody left a card."""

from typing import Any

from paywall.sandbox.billing.cycle import timers
from paywall.sandbox.billing.subscriptions import ending
from paywall.sandbox.payments import payment_methods
from paywall.sandbox.state.errors import invalid, refused
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.params import Declared, integer, one_of, required, shape_of

_DAY = 86_400
_LONGEST_DAYS = 730


def moment_or_now(name: str, raw: object) -> Any:  # noqa: ANN401 - a time or the word now
    """Accept a time in seconds, or `now`."""
    return raw if raw == "now" else integer(0)(name, raw)


SETTINGS = shape_of(
    {
        "end_behavior": required(
            shape_of({"missing_payment_method": required(one_of("cancel", "create_invoice", "pause"))})
        )
    }
)
PARAMS: Declared = {
    "trial_end": moment_or_now,
    "trial_period_days": integer(1, _LONGEST_DAYS),
    "trial_settings": SETTINGS,
}


def end_of(work: Work, params: Json) -> int | None:
    """Return the second at which the trial asked for ends, None for no trial."""
    if "trial_end" in params and "trial_period_days" in params:
        raise invalid("You may only specify one of these parameters: trial_end, trial_period_days.", "trial_end")
    if "trial_period_days" in params:
        return work.now + int(params["trial_period_days"]) * _DAY
    end = params.get("trial_end", "now")
    return None if end == "now" else check_end(work.now, end)


def check_end(now: int, end: int) -> int:
    """Return the end of a trial; raises unless it lies within two years from now."""
    if not now < end <= now + _LONGEST_DAYS * _DAY:
        raise refused("Invalid timestamp: trial_end must be in the future, at most two years from now.", "trial_end")
    return end


def announce_end(work: Work, subscription: Json) -> None:
    """Tell that the trial will end soon; once for each end."""
    timers.remember(work, subscription, told_trial_end=timers.period_of(subscription)[1])
    work.emit("customer.subscription.trial_will_end", subscription)
    timers.wind(work, subscription)


def is_over_without_card(work: Work, subscription: Json) -> bool:
    """Deal with a trial that ends while no payment method is known; return whether that was the end of it."""
    behaviour = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    known = payment_methods.default_for(work, subscription["customer"], subscription)
    sent = subscription["collection_method"] == "send_invoice"
    if known is not None or sent or behaviour == "create_invoice":
        return False
    if behaviour == "cancel":
        ending.end(work, subscription, reason=None)
    else:
        work.change(subscription, event="customer.subscription.updated", status="paused")
        work.emit("customer.subscription.paused", subscription)
        timers.wind(work, subscription)
    return True
