"""All subscriptions of the publication: who has one, who came back to one, who pays for two."""

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta

from paywall.billing.subscriptions.status import Status
from paywall.demo.scale.lives.fates import live, short
from paywall.demo.scale.lives.life import Charge, Life, Offer
from paywall.demo.scale.lives.trouble import trouble
from paywall.demo.scale.people.crowd import Crowd

_CAME_BACK, _PAYS_TWICE = 0.06, 0.002
"""Of all subscriptions: earlier ones of readers who came back, and second ones that nobody noticed."""


def lives_of(crowd: Crowd, offers: Sequence[Offer], shares: Sequence[float]) -> Iterator[Life]:
    """Yield exactly as many lives as asked for, by the age of the reader's account, a reader's own together."""
    size, dice = crowd.size, crowd.size.dice("lives")
    returning, twice = int(size.subscriptions * _CAME_BACK), int(size.subscriptions * _PAYS_TWICE)
    holders = sorted(dice.sample(range(size.readers), size.subscriptions - returning - twice))
    odd = dice.sample(range(len(holders)), returning + twice)
    came_back, pay_twice = set(odd[:returning]), set(odd[returning:])
    for number, index in enumerate(holders):
        offer, joined_at = dice.choices(offers, shares)[0], crowd.joined_at(index)
        if number in came_back:
            yield short(index, offer, joined_at, size.now)
        life = live(dice, index, offer, joined_at, size.now)
        trouble(dice, life, size.now)
        yield life
        if number in pay_twice:
            yield _second(dice, life, crowd)


def _second(dice: random.Random, life: Life, crowd: Crowd) -> Life:
    """Return a second subscription of the same reader, bought this month and live beside the first."""
    begins_at = max(crowd.joined_at(life.index), crowd.size.now - timedelta(days=dice.uniform(0, 20)))
    second = short(life.index, life.offer, begins_at, crowd.size.now)
    first = second.charges[0]
    second.status, second.ended_at, second.ended_because, second.canceled_at = Status.ACTIVE, None, None, None
    second.charges = [Charge(first.starts_at, first.ends_at, life.offer.amount_minor)]
    return second
