"""The front page: one lead for the paper, then each section with its own lead and the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from paywall.articles.listings import newest
from paywall.articles.tables import Article
from paywall.publishers.rules import Profile, SectionRules

PER_SECTION = 5


@dataclass(frozen=True, slots=True)
class FrontSection:
    """A section on the front page; `lead` is None where everything it has is the paper's lead."""

    section: SectionRules
    lead: Article | None
    rest: Sequence[Article]


@dataclass(frozen=True, slots=True)
class Front:
    """The front page; `lead` is None for a paper that has published nothing yet."""

    lead: Article | None
    sections: Sequence[FrontSection]


def front_page(session: Session, publisher: Profile, now: datetime) -> Front:
    """Return the newest of every section that has something; the newest of all leads the paper."""
    leads = newest(session, publisher.id, now, section=None, most=1)
    lead = leads[0] if leads else None
    parts = (_section(session, publisher, section, now, lead) for section in publisher.sections)
    return Front(lead, [part for part in parts if part.lead])


def _section(
    session: Session, publisher: Profile, section: SectionRules, now: datetime, lead: Article | None
) -> FrontSection:
    found = newest(session, publisher.id, now, section=section.slug, most=PER_SECTION + 1)
    others = [article for article in found if article is not lead][:PER_SECTION]
    return FrontSection(section, others[0] if others else None, others[1:])
