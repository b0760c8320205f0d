"""Money that went back: refunds in full and in part, and disputes being fought, won and lost."""

import random
from datetime import datetime, timedelta

from paywall.billing.subscriptions.status import Status
from paywall.demo.scale.lives.life import Life

_PARTIAL, _FOUGHT, _WON, _LOST = 0.01, 0.002, 0.003, 0.002
_OF_THE_ENDED_REFUNDED = 0.06
_LATELY = timedelta(days=20)


def trouble(dice: random.Random, life: Life, now: datetime) -> None:
    """Let something happen to the money of a life, as seldom as it does."""
    if not life.paid:
        return
    last, fate = life.paid[-1], dice.random()
    if life.status is Status.CANCELED:
        if fate < _OF_THE_ENDED_REFUNDED:
            last.refunded_minor = last.paid_minor
    elif fate < _PARTIAL:
        last.refunded_minor = max(1, last.paid_minor // 4)
    elif fate < _PARTIAL + _WON:
        last.dispute = "won"
    elif fate < _PARTIAL + _WON + _LOST:
        life.lose(life.paid[0])
        life.ended_at = min(now, life.paid[0].ends_at)
        life.charges = [life.paid[0]]
    elif fate < _PARTIAL + _WON + _LOST + _FOUGHT and now - last.starts_at < _LATELY:
        last.dispute = "needs_response"
        life.is_paused = life.is_paused_for_dispute = True
