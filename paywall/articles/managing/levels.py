"""Giving many articles another access level in one step."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from paywall import audit, changes
from paywall.articles.managing.choosing import Choice, chosen_ids
from paywall.articles.rules import AccessLevel
from paywall.articles.tables import Article
from paywall.changes import ChangeKind
from paywall.errors import BadInput, PaywallError

MOST = 2_000
"""So many articles are changed in one step, which is one transaction: others wait for it to write."""
_AT_ONCE = 500


class ChoiceChanged(PaywallError):
    """Other articles fit now than those that were shown. Look again; nothing was changed."""

    status = 409
    code = "choice_changed"


@dataclass(frozen=True, slots=True)
class Plan:
    """Which articles would be changed: their ids, and a digest by which the same choice is known again."""

    ids: tuple[int, ...]

    @property
    def digest(self) -> str:
        """A digest of the ids."""
        return hashlib.sha256(",".join(map(str, self.ids)).encode()).hexdigest()[:20]


def plan_change(session: Session, publisher_id: int, choice: Choice, level: AccessLevel, now: datetime) -> Plan:
    """Return which of the chosen articles do not have that level yet; raises BadInput where they are too many."""
    every = chosen_ids(session, publisher_id, choice, now, most=MOST + 1)
    if len(every) > MOST:
        words = f"At most {MOST:,} articles are changed in one step: choose fewer, by section, tag or age."
        raise BadInput("access", words)
    has_it = (Article.publisher_id == publisher_id, Article.access == level.value)
    already = {one for part in _parts(every) for one in session.scalars(select(Article.id).where(*has_it, _in(part)))}
    return Plan(tuple(one for one in every if one not in already))


def change_levels(  # noqa: PLR0913 - what, whose, to what, as seen, when, by whom
    session: Session, publisher_id: int, choice: Choice, level: AccessLevel, now: datetime, *, seen: str, actor: str
) -> int:
    """Give the chosen articles that level, and return how many were changed; readers meet it within seconds.

    `seen` is the digest of the plan that was shown: raises ChoiceChanged where others fit by now.
    """
    plan = plan_change(session, publisher_id, choice, level, now)
    if plan.digest != seen:
        raise ChoiceChanged
    before: Counter[str] = Counter()
    for part in _parts(plan.ids):
        before += _change_part(session, publisher_id, part, level)
    if plan.ids:
        about = {"after": level.value, "before": dict(before), "articles": list(plan.ids)}
        audit.write(session, publisher_id, actor, "articles_access_changed", f"publisher:{publisher_id}", **about)
    return len(plan.ids)


def next_version(version: str, change: str) -> str:
    """Return the version of an article of which only something beside its text has changed."""
    return hashlib.sha256(f"{version} {change}".encode()).hexdigest()[:20]


def _change_part(session: Session, publisher_id: int, ids: Sequence[int], level: AccessLevel) -> Counter[str]:
    """Change some, without reading their text."""
    rows = session.execute(select(Article.id, Article.access, Article.version).where(_in(ids))).all()
    values = [
        {"id": number, "access": level.value, "version": next_version(version, level.value)}
        for number, _, version in rows
    ]
    session.execute(update(Article), values)
    for number, _, _ in rows:
        changes.record(session, publisher_id, ChangeKind.ARTICLE, number)
    session.flush()
    return Counter(access for _, access, _ in rows)


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))


def _in(ids: Sequence[int]) -> ColumnElement[bool]:
    return Article.id.in_(ids)
