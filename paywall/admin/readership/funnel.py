"""From the wall to the payment, by article, section, referrer or day."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall.admin.dashboard.charts import Chart, Series, draw
from paywall.admin.ground.days import day_name
from paywall.admin.readership.asking import Given, Period
from paywall.articles.tables import Article
from paywall.errors import BadInput
from paywall.publishers.rules import Profile
from paywall.readership.days import Funnel, by_day, funnels, grouped, lost_views, total
from paywall.readership.rules import Dimension

SHOWN = 50
"""So many lines are on the page; all are in the CSV."""
NO_REFERRER = "none, or not told"
NO_ARTICLE = "no article"
HEADER = ("Views", "Walls", "Sign-ups", "Checkouts", "Paid")


class By(StrEnum):
    """What the lines stand for."""

    ARTICLE = "article"
    SECTION = "section"
    REFERRER = "referrer"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Step:
    """One figure on top of the page: how many, and which share of those before."""

    figure: str
    words: str
    below: str
    definition: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: a name, where it leads, five figures."""

    name: str
    path: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """All that the page shows."""

    steps: tuple[Step, ...]
    lines: Sequence[Line]
    more: int
    """Lines that are only in the CSV."""
    chart: Chart
    lost: int


def read_by(given: Given) -> By:
    """Return what an address line wants lines for; raises BadInput."""
    wanted = given.get("by") or By.ARTICLE
    if wanted not in tuple(By):
        raise BadInput("by", "Choose article, section, referrer or day.")
    return By(wanted)


def look(session: Session, profile: Profile, period: Period, by: By) -> Found:
    """Return the page's figures: sums of what was counted by day."""
    days = by_day(session, profile.id, period.first, period.last)
    lines = named_lines(session, profile, period, by)
    shown = (
        _with_titles(session, profile, lines[:SHOWN])
        if by is By.ARTICLE
        else [_line(one, one.which, "") for one in lines]
    )
    lost = lost_views(session, profile.id, period.first, period.last)
    return Found(_steps(total(days)), shown, max(len(lines) - SHOWN, 0), _chart(days, period), lost)


def named_lines(session: Session, profile: Profile, period: Period, by: By) -> list[Funnel]:
    """Return every line, most walls first, days in their order; articles by their number, or none."""
    if by is By.DAY:
        return by_day(session, profile.id, period.first, period.last)
    dimension = Dimension.REFERRER if by is By.REFERRER else Dimension.ARTICLE
    found = funnels(session, profile.id, period.first, period.last, dimension)
    if by is By.REFERRER:
        return [one._replace(which=one.which or NO_REFERRER) for one in found]
    return grouped(found, _sections(session, profile), NO_ARTICLE) if by is By.SECTION else found


def _titles(session: Session, profile: Profile, numbers: Sequence[str]) -> dict[str, str]:
    """Return the titles of articles, by number as text."""
    ids = [int(one) for one in numbers if one]
    theirs = select(Article.id, Article.title).where(Article.publisher_id == profile.id, Article.id.in_(ids))
    return {str(article_id): title for article_id, title in session.execute(theirs)}


def all_titles(session: Session, profile: Profile) -> dict[str, str]:
    """Return the title of every article, by number as text."""
    found = session.execute(select(Article.id, Article.title).where(Article.publisher_id == profile.id))
    return {str(article_id): title for article_id, title in found}


def _shown(session: Session, profile: Profile, lines: Sequence[Funnel], by: By) -> list[Line]:
    if by is By.ARTICLE:
        return _with_titles(session, profile, lines)
    return [_line(one, one.which, "") for one in lines]


def _with_titles(session: Session, profile: Profile, lines: Sequence[Funnel]) -> list[Line]:
    known = _titles(session, profile, [one.which for one in lines])
    return [
        _line(one, known.get(one.which, NO_ARTICLE), f"/admin/articles/{one.which}" if one.which in known else "")
        for one in lines
    ]


def _sections(session: Session, profile: Profile) -> dict[str, str]:
    names = {section.slug: section.name for section in profile.sections}
    found = session.execute(select(Article.id, Article.section).where(Article.publisher_id == profile.id))
    return {str(article_id): names.get(slug, slug) for article_id, slug in found}


def _line(one: Funnel, name: str, path: str) -> Line:
    return Line(name, path, tuple(f"{number:,}" for number in one[1:]))


def _steps(whole: Funnel) -> tuple[Step, ...]:
    said = zip(_FIGURES, whole[1:], (0, *whole[1:]), strict=False)
    return tuple(
        Step(f"{number:,}", words, share_of(number, before, of), definition)
        for (words, of, definition), number, before in said
    )


_FIGURES = (
    (
        "views",
        "",
        "Requests of readers and visitors for articles that are not free to all; crawlers and staff apart.",
    ),
    ("walls", "views", "Views that ended at an invitation instead of the text, whatever the reason."),
    ("sign-ups", "walls", "Accounts opened on the way from an article, or from none."),
    ("checkouts", "sign-ups", "Ways to Stripe's payment page begun; an account may be older than the period."),
    ("paid", "checkouts", "Checkouts after which a subscription ran, a trial included."),
)


def share_of(part: int, whole: int, words: str) -> str:
    """Return which part of the figure before it is; empty where that says nothing."""
    return f"{100 * part / whole:.1f}% of {words}" if whole and words else ""


def _chart(days: Sequence[Funnel], period: Period) -> Chart:
    walls = {one.which: one.walls for one in days}
    names = [day_name(day) for day in period.days]
    met = [walls.get(day.isoformat(), 0) for day in period.days]
    return draw(names, [Series("bad", "walls", met)], lambda value: f"{value:,}")
