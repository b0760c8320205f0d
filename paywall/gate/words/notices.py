"""The quiet line above an open article."""

from dataclasses import dataclass

from paywall.gate.decision import Decision, Prompt, Reason
from paywall.gate.words.phrases import Link, articles, in_this_window
from paywall.publishers.rules import MeterRules


@dataclass(frozen=True, slots=True)
class Notice:
    """One line, and where it leads, if anywhere."""

    sentence: str
    link: Link | None = None


def notice(decision: Decision | None, meter: MeterRules) -> Notice | None:
    """Return the quiet line above an open article: articles left, or a payment to repair; None for most readers."""
    if decision is None or not decision.is_full:
        return None
    if decision.prompt is Prompt.UPDATE_PAYMENT:
        return Notice(
            "Your last payment did not go through; you can still read.", Link("Update your card", "/account/payment")
        )
    if decision.reason is not Reason.METERED or decision.views_left is None:
        return None
    return Notice(_left(decision.views_left, decision.prompt, in_this_window(meter)))


def _left(left: int, prompt: Prompt, window: str) -> str:
    if prompt is Prompt.LAST_FREE_ARTICLE:
        return f"This is your last free article {window}."
    if left == 0:
        return f"You have read all your free articles {window}; this one stays open."
    return f"You have {left} free {articles(left)} left {window}."
