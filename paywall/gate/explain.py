"""Why somebody may or may not read an article: the steps of the very function that decides, one by one."""

from datetime import datetime
from typing import NamedTuple

from paywall.articles.rules import ArticleCard, Presence
from paywall.gate.access import Gate, Who
from paywall.gate.decide import NEEDS_METER, RULES, Case, FirstAnswer
from paywall.gate.decision import Decision, Reason
from paywall.publishers.rules import Profile

RULE = "rule: "
"""Before the words of a rule."""
DOES_NOT_APPLY = "does not apply"
_LABEL_WIDTH = 46


class Step(NamedTuple):
    """One thing that was looked at, and what it said."""

    label: str
    outcome: str


class Explanation(NamedTuple):
    """The steps in the order in which they are taken, and what they lead to; None: there is no page to decide on."""

    steps: tuple[Step, ...]
    decision: Decision | None


def explain(gate: Gate, profile: Profile, card: ArticleCard, who: Who, now: datetime) -> Explanation:
    """Walk the decision for `who` on the article of `card` at business time `now`. Spends nothing."""
    presence = card.schedule.presence(now)
    if presence is not Presence.PUBLISHED:
        return Explanation((Step("presence", presence),), None)
    case = gate.case_of(gate.terms.of(profile, card.section), card, who, now)
    steps = [*_facts(case), *_rules(case)]
    decision, _, degraded = gate.check_access(profile, card, who, counts=False, now=now)
    if decision.views_left is not None:
        used = case.allowance - decision.views_left
        steps.append(Step("meter", f"{used} of {case.allowance} views used, {_until(decision)}"))
    if decision.reason is Reason.METERED and not decision.is_full and decision.views_left:
        steps.append(Step("a view that counts", f"opens it, and leaves {decision.views_left - 1}"))
    if degraded:
        steps.append(Step("not reachable", degraded))
    return Explanation(tuple(steps), decision)


def as_table(explanation: Explanation) -> str:
    """Return the explanation as lines for a terminal."""
    lines = [f"{step.label:<{_LABEL_WIDTH}} {step.outcome}" for step in explanation.steps]
    decision = explanation.decision
    answer = f"{decision.header}; prompt={decision.prompt}" if decision else "no page"
    return "\n".join([*lines, f"{'decision, nothing spent':<{_LABEL_WIDTH}} {answer}"])


def _facts(case: Case) -> list[Step]:
    return [Step(name.replace("_", " "), _word(value)) for name, value in case._asdict().items()]


def _rules(case: Case) -> list[Step]:
    """Ask each rule in turn, up to the first that answers."""
    steps: list[Step] = []
    for rule in RULES:
        answer = rule(case)
        steps.append(Step(f"{RULE}{rule.__name__.strip('_').replace('_', ' ')}", _answer(answer)))
        if answer is not None:
            break
    return steps


def _answer(answer: FirstAnswer | None) -> str:
    if answer is None:
        return DOES_NOT_APPLY
    return answer.value if answer is NEEDS_METER else answer.header


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def _until(decision: Decision) -> str:
    return f"counted anew at {decision.resets_at:%Y-%m-%d %H:%M} UTC"
