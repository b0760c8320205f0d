"""Every kind of difference that the long stop must find, written without a look at what it compares."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.billing.stripe_world import World
from tests.proof.drift import spoiling, unheard
from tests.proof.drift.books import books
from tests.proof.storm import stories
from tests.proof.storm.stories import Life

Happen = Callable[[World, Life], object]
IsTrue = Callable[[World, Life], bool]
NEVER_AT_STRIPE = "never at stripe"
_PRICE = 499


@dataclass(frozen=True)
class Planted:
    """One difference: of which kind, about which subscription, who else is touched, and how to tell that it is gone."""

    kind: str
    subject: str
    others: frozenset[str]
    is_repaired: Callable[[], bool]


SPOILT: tuple[Happen, ...] = (
    spoiling.status_changed_here,
    spoiling.period_changed_here,
    spoiling.cancellation_invented_here,
    spoiling.price_changed_here,
    spoiling.card_changed_here,
    spoiling.right_too_long,
    spoiling.right_too_short,
    spoiling.right_gone,
    spoiling.right_suspended,
    spoiling.invoice_missing,
    spoiling.payment_missing,
    spoiling.amount_paid_changed_here,
    spoiling.refund_invented_here,
    spoiling.invoice_open_here,
    spoiling.subscription_missing_here,
)
"""After a repair all is as it was."""

UNHEARD: dict[str, tuple[Happen, IsTrue]] = {
    "refunded unheard": (stories.refund, lambda world, life: unheard.refunded(world, life) == _PRICE),
    "refunded in part unheard": (stories.refund_in_part, lambda world, life: unheard.refunded(world, life) == 100),
    "ended unheard": (stories.cancel_now, lambda world, life: unheard.row_of(world, life)["status"] == "canceled"),
    "set to end unheard": (
        stories.cancel_later,
        lambda world, life: unheard.row_of(world, life)["cancels_at"] == life.first_end,
    ),
    "price edited unheard": (
        unheard.raise_price,
        lambda world, life: unheard.row_of(world, life)["amount_minor"] == unheard.DEARER,
    ),
    "customer deleted unheard": (
        unheard.delete_customer,
        lambda world, life: unheard.row_of(world, life)["status"] == "canceled",
    ),
    NEVER_AT_STRIPE: (spoiling.invent, spoiling.invented_gives_nothing),
}
"""After a repair that is true."""

KINDS = (*(one.__name__.replace("_", " ") for one in SPOILT), *UNHEARD)


def plant(world: World, kind: str, life: Life) -> Planted:
    """Plant a difference of that kind on a subscription that is in order."""
    subject = spoiling.invented_id(life) if kind == NEVER_AT_STRIPE else life.subscription
    others = frozenset((life.subscription, life.customer))
    if kind in UNHEARD:
        happen, is_true = UNHEARD[kind]
        happen(world, life)
        assert not is_true(world, life), kind
        return Planted(kind, subject, others, lambda: is_true(world, life))
    before = books(world, life.subscription)
    SPOILT[KINDS.index(kind)](world, life)
    assert books(world, life.subscription) != before, kind
    return Planted(kind, subject, others, lambda: books(world, life.subscription) == before)
