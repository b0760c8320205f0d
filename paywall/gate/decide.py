"""Who may read an article, and why: the rules, in the order in which they are asked.

Pure: only the standard library and other rooms' values. Deciding has two steps, because most cases need no meter:
`first_step` ends at the first rule that has something to say, or asks for the meter; `second_step` judges what the
meter said. `explain` walks the same list.
"""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from paywall.articles.rules import AccessLevel
from paywall.entitlements.rules import Standing
from paywall.gate.decision import OPENING, Decision, Extent, Prompt, Reason


class Case(NamedTuple):
    """Everything that the rules look at, but for the meter."""

    level: AccessLevel
    """The level that holds now: free inside a free window."""
    allowance: int
    """Distinct articles in the meter's window, for a reader or a visitor as the case may be."""
    standing: Standing | None = None
    """How the reader's best entitlement holds; None without one."""
    is_suspended: bool = False
    """An entitlement is there, and suspended (a dispute)."""
    is_registered: bool = False
    is_staff: bool = False
    wall_is_lifted: bool = False
    registration_wall: bool = False
    is_uncertain: bool = False
    """The database could not be asked who this is, or what they have."""
    owes: bool = False
    """A subscription is there that a missing payment has shut: the reader need not subscribe, but pay."""
    proof: Reason | None = None
    """A signed pass that was shown opens this very article, and says why."""
    is_crawler: bool = False
    """A verified crawler that the publisher lets read everything."""


class Needs(Enum):
    """What the first step may ask for."""

    METER = "the meter decides"


NEEDS_METER: Final = Needs.METER
FirstAnswer = Decision | Literal[Needs.METER]
Rule = Callable[[Case], FirstAnswer | None]

_OPEN_TO_ALL = Decision(Extent.FULL, Reason.FREE_ARTICLE)
_CRAWLER = Decision(Extent.FULL, Reason.VERIFIED_CRAWLER)
_STAFF = Decision(Extent.FULL, Reason.STAFF)
_REGISTERED = Decision(Extent.FULL, Reason.REGISTERED)
_SUSPENDED = Decision(Extent.PREVIEW, Reason.SUSPENDED, Prompt.UPDATE_PAYMENT)
_ACCOUNT_NEEDED = Decision(Extent.PREVIEW, Reason.REGISTRATION_REQUIRED, Prompt.REGISTER)
_SUBSCRIPTION_NEEDED = Decision(Extent.PREVIEW, Reason.SUBSCRIPTION_REQUIRED, Prompt.SUBSCRIBE)
_PAYMENT_NEEDED = Decision(Extent.PREVIEW, Reason.SUBSCRIPTION_REQUIRED, Prompt.UPDATE_PAYMENT)
TRY_AGAIN = Decision(Extent.PREVIEW, Reason.DATABASE_UNAVAILABLE, Prompt.TRY_AGAIN)
_ENTITLED = {
    standing: Decision(
        Extent.FULL, Reason(standing), Prompt.UPDATE_PAYMENT if standing is Standing.IN_GRACE else Prompt.NONE
    )
    for standing in Standing
}
_PROVED = {
    **{reason: Decision(Extent.FULL, reason) for reason in OPENING},
    Reason.IN_GRACE: _ENTITLED[Standing.IN_GRACE],
}


def is_open_to_all(level: AccessLevel, *, wall_is_lifted: bool) -> bool:
    """Tell whether nobody needs to be asked who they are."""
    return level is AccessLevel.FREE or wall_is_lifted


def _free_articles_and_lifted_walls_are_open(case: Case) -> Decision | None:
    return _OPEN_TO_ALL if is_open_to_all(case.level, wall_is_lifted=case.wall_is_lifted) else None


def _verified_crawlers_read_what_they_are_let(case: Case) -> Decision | None:
    return _CRAWLER if case.is_crawler else None


def _a_signed_pass_opens_what_it_was_given_for(case: Case) -> Decision | None:
    return None if case.proof is None else _PROVED.get(case.proof)


def _staff_read_everything(case: Case) -> Decision | None:
    return _STAFF if case.is_staff else None


def _the_entitled_read_everything(case: Case) -> Decision | None:
    return None if case.standing is None else _ENTITLED[case.standing]


def _an_account_opens_registered_articles(case: Case) -> Decision | None:
    return _REGISTERED if case.level is AccessLevel.REGISTERED and case.is_registered else None


def _a_suspended_right_opens_nothing(case: Case) -> Decision | None:
    return _SUSPENDED if case.is_suspended else None


def _registered_articles_need_an_account(case: Case) -> Decision | None:
    return _shut(case, _ACCOUNT_NEEDED) if case.level is AccessLevel.REGISTERED else None


def _subscribers_articles_need_a_subscription(case: Case) -> Decision | None:
    return _shut(case, _subscription_needed(case)) if case.level is AccessLevel.SUBSCRIBERS else None


def _the_registration_wall_needs_an_account(case: Case) -> Decision | None:
    return _shut(case, _ACCOUNT_NEEDED) if case.registration_wall and not case.is_registered else None


def _an_allowance_of_nothing_is_a_hard_wall(case: Case) -> Decision | None:
    return _shut(case, _subscription_needed(case)) if case.allowance <= 0 else None


def _metered_articles_are_counted(case: Case) -> FirstAnswer | None:
    return NEEDS_METER if case.level is AccessLevel.METERED else None


RULES: Final[tuple[Rule, ...]] = (
    _free_articles_and_lifted_walls_are_open,
    _verified_crawlers_read_what_they_are_let,
    _a_signed_pass_opens_what_it_was_given_for,
    _staff_read_everything,
    _the_entitled_read_everything,
    _an_account_opens_registered_articles,
    _a_suspended_right_opens_nothing,
    _registered_articles_need_an_account,
    _subscribers_articles_need_a_subscription,
    _the_registration_wall_needs_an_account,
    _an_allowance_of_nothing_is_a_hard_wall,
    _metered_articles_are_counted,
)


@lru_cache(maxsize=4096)  # there are many readers and few cases
def first_step(case: Case) -> FirstAnswer:
    """Return the first rule's answer; a case that no rule knows is shut."""
    for rule in RULES:
        answer = rule(case)
        if answer is not None:
            return answer
    return _SUBSCRIPTION_NEEDED


def second_step(  # noqa: PLR0913 - what the meter said, word by word
    case: Case, *, opened: bool, newly: bool, counts: bool, views_used: int, resets_at: datetime
) -> Decision:
    """Judge what the meter said: whether the article is open (just now, `newly`), and how many views were seen.

    A request that does not count (`counts` false) finds an article that it would have to spend a view on shut, and is
    told how many are left.
    """
    left = max(case.allowance - views_used, 0)
    if opened:
        return _counted(left, resets_at, is_the_last=newly and not left)
    if left and not counts:
        return Decision(Extent.PREVIEW, Reason.METERED, Prompt.NONE, left, resets_at)
    return _shut(case, _used_up(resets_at, is_registered=case.is_registered, owes=case.owes))


@lru_cache(maxsize=1024)  # the same few answers, asked for on every request
def _counted(left: int, resets_at: datetime, *, is_the_last: bool) -> Decision:
    prompt = Prompt.LAST_FREE_ARTICLE if is_the_last else Prompt.NONE
    return Decision(Extent.FULL, Reason.METERED, prompt, left, resets_at)


@lru_cache(maxsize=1024)
def _used_up(resets_at: datetime, *, is_registered: bool, owes: bool) -> Decision:
    prompt = Prompt.UPDATE_PAYMENT if owes else Prompt.SUBSCRIBE
    return Decision(Extent.PREVIEW, Reason.METER_USED_UP, prompt, 0, resets_at, is_registered)


def _subscription_needed(case: Case) -> Decision:
    return _PAYMENT_NEEDED if case.owes else _SUBSCRIPTION_NEEDED


def _shut(case: Case, decision: Decision) -> Decision:
    """Return `decision`, unless the database might have opened the article: then the reader is asked to try again."""
    return TRY_AGAIN if case.is_uncertain else decision
