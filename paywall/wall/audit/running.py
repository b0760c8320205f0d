"""The audit from beginning to end: meet, judge, tour, look, tell."""

from collections.abc import Callable

from paywall.wall.audit.asking.asks import Answer, Ask
from paywall.wall.audit.asking.fetching import Fetcher, LimitReached
from paywall.wall.audit.asking.people import RETURNING, VISITOR, Person
from paywall.wall.audit.judging import Judgement, admitted, judge, says_it_was_a_free_view
from paywall.wall.audit.looking.lengths import too_long
from paywall.wall.audit.looking.locked import Locked, Source
from paywall.wall.audit.looking.prose import weight
from paywall.wall.audit.meeting import Meeting, Unreachable, meet
from paywall.wall.audit.plan import Plan
from paywall.wall.audit.surfaces import Surface
from paywall.wall.audit.telling.findings import Finding, findings_of
from paywall.wall.audit.telling.notes import notes_of
from paywall.wall.audit.telling.report import Outcome, Report
from paywall.wall.audit.touring import tour

_WORDS = 3
_NOT_SEEN = (
    "no wall is to be seen: the page says of none, and nothing differs between visitors. Give --canary or --cookie, or "
    "the address of an article that is locked."
)
_STILL_FREE = (
    "the meter lets a visitor in who has opened all the other articles that were found. Name a feed or a sitemap with "
    "more of them (--feed, --sitemap), or raise --views."
)
_FRONT_PAGE = "this is a front page. Give the address of an article that is locked."
_COOKIE_SHOWS_NOTHING = (
    "with the cookie the page shows no more than without it. Take a fresh one from a browser that is signed in, and an "
    "article that is locked; or give --canary."
)
_NOT_FOR_THE_ENTITLED = (
    "the text that you gave is not on the page of the entitled reader either. Copy a sentence from the locked part, "
    "and a fresh cookie."
)


def audit(plan: Plan, on_ask: Callable[[Ask, Person], object] = lambda *_: None) -> Report:
    """Make the audit; `on_ask` is called before each request. Never raises for what a site does."""
    with Fetcher(plan.site, plan.limits, on_ask, cookie=plan.cookie) as fetcher:
        try:
            meeting = meet(fetcher, plan)
        except Unreachable as error:
            return Report(plan.site.url, Outcome.UNJUDGED, str(error), requests=fetcher.made)
        except LimitReached as limit:
            why = f"the site could not be got to know before {limit}"
            return Report(plan.site.url, Outcome.UNJUDGED, why, requests=fetcher.made)
        judgement = judge(meeting, plan)
        cut_short = ""
        try:
            words = _words(judgement.locked, meeting)
            tour(fetcher, meeting, plan, is_metered=judgement.is_metered, words=words)
        except LimitReached as limit:
            cut_short = f"Not everything was asked: {limit}"
        return _report(fetcher, meeting, plan, judgement, cut_short)


def _report(fetcher: Fetcher, meeting: Meeting, plan: Plan, judgement: Judgement, cut_short: str) -> Report:
    answers = fetcher.answers
    locked = judgement.locked or admitted(meeting, answers)
    findings = _findings(answers, meeting, locked, judgement)
    outcome, why = _outcome(findings, plan, judgement, meeting)
    return Report(
        meeting.site.url,
        outcome,
        why,
        locked,
        judgement.control,
        tuple(findings),
        (*notes_of(answers, meeting, judgement), *filter(None, [cut_short])),
        fetcher.made,
        len({answer.ask.url for answer in answers}),
        len({answer.person for answer in answers}),
        bool(cut_short),
    )


def _findings(answers: list[Answer], meeting: Meeting, locked: Locked | None, judgement: Judgement) -> list[Finding]:
    may_be_let_in = _is_first_visit if judgement.is_metered else says_it_was_a_free_view
    judged = [answer for answer in answers if not may_be_let_in(answer)]
    seen = [(answer, hit) for answer in judged for hit in (locked.hits_in(answer, meeting.styles) if locked else ())]
    known = locked.sentences if locked and locked.source is not Source.CANARY else ()
    return findings_of(seen, too_long(judged, weight(known)))


def _is_first_visit(answer: Answer) -> bool:
    """Tell whether this was asked by somebody whom the meter may let in."""
    return answer.ask.surface is Surface.PAGE and answer.person in (VISITOR.name, RETURNING.name)


def _outcome(findings: list[Finding], plan: Plan, judgement: Judgement, meeting: Meeting) -> tuple[Outcome, str]:
    if findings:
        return Outcome.LEAK, ""
    is_free_for_now = meeting.after_views is not None and says_it_was_a_free_view(meeting.after_views)
    is_unknown = judgement.locked is None
    doubts = (
        (is_free_for_now, _STILL_FREE),
        (bool(plan.canaries) and judgement.control is False, _NOT_FOR_THE_ENTITLED),
        (bool(plan.cookie) and is_unknown, _COOKIE_SHOWS_NOTHING),
        (is_unknown and not plan.site.names_an_article, _FRONT_PAGE),
        (is_unknown and not judgement.has_wall, _NOT_SEEN),
    )
    return next(((Outcome.UNJUDGED, why) for is_so, why in doubts if is_so), (Outcome.CLEAN, ""))


def _words(locked: Locked | None, meeting: Meeting) -> str:
    """Return what to search for: a locked sentence's beginning, too short to give it away; else the article's name."""
    if locked is None:
        return meeting.site.slug.replace("-", " ").replace("_", " ")
    middle = locked.sentences[len(locked) // 2]
    return " ".join(middle.split()[:_WORDS])
