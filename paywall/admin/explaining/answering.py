"""The answer: the gate's own explanation, its steps sorted into facts and rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from paywall.admin.explaining.asking import Asked, Visitor
from paywall.admin.explaining.words import ABSENT, FACTS, verdict_words
from paywall.admin.ground.days import Days
from paywall.admin.subscribers.showing.words import Tone
from paywall.articles.rules import Presence
from paywall.gate.access import Gate, Who
from paywall.gate.explain import DOES_NOT_APPLY, RULE, Explanation, Step, explain
from paywall.gate.pretending import VISITOR, spent_gate
from paywall.publishers.rules import Profile


@dataclass(frozen=True, slots=True)
class Looked:
    """One step in words; `decides` for the rule that had the say."""

    words: str
    outcome: str
    decides: bool = False

    @property
    def answer(self) -> str:
        """What a rule says, for people: that it opens or shuts the article, asks the meter, or does not apply."""
        verb = {"full": "opens it", "preview": "shuts it"}.get(self.outcome.partition(";")[0])
        return verb or self.outcome


@dataclass(frozen=True, slots=True)
class Answer:
    """What the page shows of a decision; `header` is what machines are told."""

    words: str
    tone: Tone
    sentence: str
    header: str
    facts: Sequence[Looked]
    rules: Sequence[Looked]


def answer(gate: Gate, profile: Profile, asked: Asked, now: datetime) -> Answer:
    """Walk the decision on what was asked at business time `now`; nothing is spent."""
    card = asked.card
    if asked.reader is not None:
        said = explain(gate, profile, card, Who(f"r{asked.reader.id}", reader_id=asked.reader.id), now)
    else:
        is_spent = asked.visitor is Visitor.SPENT
        said = explain(spent_gate(profile, card.section, now) if is_spent else gate, profile, card, VISITOR, now)
    return _in_words(said, asked, profile, now)


def _in_words(said: Explanation, asked: Asked, profile: Profile, now: datetime) -> Answer:
    facts, rules = list(_facts(said.steps)), list(_rules(said.steps))
    if said.decision is None:
        presence = asked.card.schedule.presence(now)
        return Answer("No page", Tone.QUIET, ABSENT.get(Presence(presence), ""), "no page", facts, rules)
    return Answer(*verdict_words(said.decision, Days(profile.timezone)), said.decision.header, facts, rules)


def _facts(steps: Sequence[Step]) -> Iterator[Looked]:
    for step in steps:
        if not step.label.startswith(RULE):
            yield Looked(FACTS.get(step.label, step.label), step.outcome)


def _rules(steps: Sequence[Step]) -> Iterator[Looked]:
    for step in steps:
        if step.label.startswith(RULE):
            words = step.label.removeprefix(RULE).capitalize()
            yield Looked(words, step.outcome, decides=step.outcome != DOES_NOT_APPLY)
