"""What is locked on this site, and whether its wall lets first visits in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from paywall.wall.audit.asking.asks import Answer
from paywall.wall.audit.looking.admitting import Admissions, Shown
from paywall.wall.audit.looking.deriving import behind_the_wall, shown_more
from paywall.wall.audit.looking.locked import Locked, Source
from paywall.wall.audit.looking.pages import HtmlPage
from paywall.wall.audit.meeting import Meeting
from paywall.wall.audit.plan import Plan
from paywall.wall.traces import resolved

_HALF = 0.5
_LEAST_OF_A_METER = 300
_VIEWS_OF_A_METER = 5
_NOT_FREE = re.compile(r'"isAccessibleForFree"\s*:\s*"?false', re.IGNORECASE)
_WALL = re.compile(
    r"""(?:class|id|data-[\w-]+)=["'][^"']*(?:paywall|regwall|premium-?(?:wall|content)|subscribe-?wall|metered)""",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Judgement:
    """`locked` is None where there is nothing to look for; `is_metered`: only first visits are let in."""

    locked: Locked | None
    is_metered: bool
    control: bool | None
    """Whether the entitled reader's page shows the text; None without such a reader."""
    has_wall: bool


def judge(meeting: Meeting, plan: Plan) -> Judgement:
    """Find what is locked, from what was given or by comparing pages."""
    first, later = meeting.page(meeting.first), _later(meeting)
    locked = _locked(meeting, plan, first, later)
    is_metered = bool(locked and _opens_first_visits(locked, first, later))
    control = locked.is_in(meeting.entitled[0].text) if locked and meeting.entitled else None
    return Judgement(locked, is_metered, control, any(map(says_it_has_a_wall, _everything(meeting))))


def admitted(meeting: Meeting, answers: list[Answer]) -> Locked | None:
    """Return the text beyond the preview that the site itself sends; None where there is none."""
    if not meeting.site.names_an_article:
        return None
    shown = Shown(_later(meeting), tuple(_elsewhere(meeting, with_source=True)), meeting.site)
    admissions = Admissions(shown)
    for answer in answers:
        admissions.add(answer, meeting.styles)
    found = admissions.found
    return Locked(found, Source.ADMITTED, _shown(meeting)) if found else None


def says_it_has_a_wall(answer: Answer) -> bool:
    """Tell whether a page admits that it has a wall: in its JSON-LD, in our header, by the names of its classes."""
    text = answer.text
    is_told = (answer.header("paywall-decision") or "").startswith("preview")
    return is_told or bool(_NOT_FREE.search(resolved(text)) or _WALL.search(text)) or answer.status in (401, 402)


def says_it_was_a_free_view(answer: Answer) -> bool:
    """Tell whether a page of a wall like ours says that it is whole because a free view was left."""
    return (answer.header("paywall-decision") or "").startswith("full; reason=metered")


def _later(meeting: Meeting) -> HtmlPage:
    """Return the page of the visitor whose free views are used up, else the first visitor's."""
    after = meeting.after_views
    is_there = after is not None and after.is_page and after.status in (200, 401, 402, 403)
    return meeting.page(after if is_there and after else meeting.first)


def _locked(meeting: Meeting, plan: Plan, first: HtmlPage, later: HtmlPage) -> Locked | None:
    if plan.canaries:
        return Locked(plan.sentences, Source.CANARY)
    elsewhere, shown = list(_elsewhere(meeting)), _shown(meeting)
    entitled = [meeting.page(answer) for answer in meeting.entitled if answer.is_page and answer.status == 200]
    if entitled and (found := shown_more(entitled, later, elsewhere)):
        return Locked(found, Source.COOKIE, shown)
    again = [meeting.page(answer) for answer in meeting.again[:1] if answer.is_page]
    if found := shown_more([first, *again], later, elsewhere, least=_LEAST_OF_A_METER):
        return Locked(found, Source.METER, shown)
    holds_nothing_back = bool(entitled) and meeting.views >= _VIEWS_OF_A_METER
    if found := behind_the_wall(later, elsewhere, whole=holds_nothing_back):
        return Locked(found, Source.ADMITTED)
    return None


def _opens_first_visits(locked: Locked, first: HtmlPage, later: HtmlPage) -> bool:
    return locked.share_in(first.visible) > _HALF > locked.share_in(later.visible)


def _elsewhere(meeting: Meeting, *, with_source: bool = False) -> Iterator[str]:
    """Yield what other pages of the site show; with the source, also what they carry."""
    for answer in meeting.others:
        if answer.is_page:
            yield meeting.page(answer).visible
            if with_source:
                yield answer.text


def _shown(meeting: Meeting) -> str:
    return "\n".join([_later(meeting).visible, *_elsewhere(meeting)])


def _everything(meeting: Meeting) -> list[Answer]:
    return [one for one in (meeting.first, meeting.after_views, *meeting.again) if one is not None]
