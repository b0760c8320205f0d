"""What becomes of a subscription: one function for each of Stripe's words, thrown for as often as life has them."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from paywall.billing.subscriptions.status import Status
from paywall.demo.scale.lives.calendar import fitting, moved, on_a_day_of_every_month, starts
from paywall.demo.scale.lives.life import Charge, Life, Offer
from paywall.demo.scale.size import Bag, up_to

TRIAL = timedelta(days=14)
_STATUSES = Bag(
    {
        Status.ACTIVE: 620,
        Status.CANCELED: 270,
        Status.PAST_DUE: 35,
        Status.TRIALING: 30,
        Status.INCOMPLETE_EXPIRED: 20,
        Status.UNPAID: 12,
        Status.INCOMPLETE: 7,
        Status.PAUSED: 6,
    }
)
_HESITATION_DAYS = 5
_ACTIVE_AND_LEAVING, _ACTIVE_AND_RESTING, _BEGAN_WITH_TRIAL = 0.07, 0.015, 0.2


def live(dice: random.Random, index: int, offer: Offer, joined_at: datetime, now: datetime) -> Life:
    """Return the life of a subscription that a reader took some time after joining."""
    status = _STATUSES.draw(dice)
    hesitated = timedelta(days=dice.expovariate(1 / _HESITATION_DAYS))
    begins_at = min(joined_at + hesitated, now - up_to(dice, timedelta(hours=6))).replace(microsecond=0)
    life = Life(index, offer, status, max(begins_at, joined_at))
    _FATES[status](dice, life, joined_at, now)
    return life


def short(index: int, offer: Offer, begins_at: datetime, now: datetime) -> Life:
    """Return the life of a subscription that was ended after its first period, or within it."""
    life = Life(index, offer, Status.CANCELED, begins_at, is_current=False)
    begins = on_a_day_of_every_month(begins_at)
    life.begins_at, life.charges = begins, [_charge(offer, begins)]
    life.end(min(now, life.charges[0].ends_at), "cancellation_requested")
    return life


def _active(dice: random.Random, life: Life, _joined_at: datetime, now: datetime) -> None:
    life.begins_at = first = on_a_day_of_every_month(life.begins_at)
    if dice.random() < _BEGAN_WITH_TRIAL and first + TRIAL < now:
        life.trial_end_at = first + TRIAL
        first = on_a_day_of_every_month(life.trial_end_at)
    life.charges = [_charge(life.offer, start) for start in starts(first, life.offer.interval, now)]
    fate = dice.random()
    if fate < _ACTIVE_AND_LEAVING:
        life.cancels_at, life.canceled_at = life.charges[-1].ends_at, life.charges[-1].starts_at
    elif fate < _ACTIVE_AND_LEAVING + _ACTIVE_AND_RESTING:
        life.is_paused = True


def _canceled(dice: random.Random, life: Life, joined_at: datetime, now: datetime) -> None:
    _active(dice, life, joined_at, now)
    life.cancels_at, life.is_paused = None, False
    kept = dice.randint(1, len(life.charges))
    is_over = kept < len(life.charges)
    life.charges = life.charges[:kept]
    last = life.charges[-1]
    if not is_over:  # ended in the middle of what is paid for
        life.end(last.starts_at + (now - last.starts_at) * dice.random(), "cancellation_requested")
    elif dice.random() < 0.3:
        life.charges.append(_unpaid(life.offer, last.ends_at, was_given_up=True))
        life.end(min(now, last.ends_at + timedelta(days=21)), "payment_failed")
    else:
        life.end(last.ends_at, "cancellation_requested")


def _owing(between: tuple[int, int]) -> Callable[[random.Random, Life, datetime, datetime], None]:
    """Return the fate of one whose renewal failed so many days ago; who joined too lately is simply active."""

    def owe(dice: random.Random, life: Life, joined_at: datetime, now: datetime) -> None:
        failed_at = on_a_day_of_every_month(now - timedelta(days=dice.uniform(*between)))
        paid = fitting(joined_at, life.offer.interval, failed_at)
        if not paid:
            life.status = Status.ACTIVE
            _active(dice, life, joined_at, now)
            return
        life.begins_at = moved(failed_at, life.offer.interval, -dice.randint(1, paid))
        life.charges = [_charge(life.offer, at) for at in starts(life.begins_at, life.offer.interval, failed_at)]
        life.charges.append(_unpaid(life.offer, failed_at))

    return owe


def _trialing(dice: random.Random, life: Life, joined_at: datetime, now: datetime) -> None:
    life.begins_at = max(joined_at, now - up_to(dice, TRIAL))
    life.trial_end_at = life.begins_at + TRIAL
    life.charges = [Charge(life.begins_at, life.trial_end_at, 0)]


def _paused(dice: random.Random, life: Life, joined_at: datetime, now: datetime) -> None:
    life.trial_end_at = min(life.begins_at + TRIAL, now)
    life.charges = [Charge(life.begins_at, life.trial_end_at, 0)]
    del dice, joined_at


def _incomplete(dice: random.Random, life: Life, joined_at: datetime, now: datetime) -> None:
    life.begins_at = on_a_day_of_every_month(max(joined_at, now - up_to(dice, timedelta(hours=22))))
    life.charges = [_unpaid(life.offer, life.begins_at)]


def _expired(dice: random.Random, life: Life, joined_at: datetime, now: datetime) -> None:
    life.begins_at = on_a_day_of_every_month(life.begins_at)
    life.charges = [_unpaid(life.offer, life.begins_at, was_given_up=True)]
    life.ended_at = min(now, life.begins_at + timedelta(hours=23))
    del dice, joined_at


def _charge(offer: Offer, start: datetime) -> Charge:
    return Charge(start, moved(start, offer.interval, 1), offer.amount_minor)


def _unpaid(offer: Offer, start: datetime, *, was_given_up: bool = False) -> Charge:
    end = moved(start, offer.interval, 1)
    return Charge(start, end, offer.amount_minor, is_paid=False, was_given_up=was_given_up)


_FATES = {
    Status.ACTIVE: _active,
    Status.CANCELED: _canceled,
    Status.PAST_DUE: _owing((0, 20)),
    Status.UNPAID: _owing((21, 200)),
    Status.TRIALING: _trialing,
    Status.PAUSED: _paused,
    Status.INCOMPLETE: _incomplete,
    Status.INCOMPLETE_EXPIRED: _expired,
}
