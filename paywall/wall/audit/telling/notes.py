"""What was seen beside leaks: risks, and what could not be seen."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from http import HTTPStatus

from paywall.wall.audit.asking.asks import Answer
from paywall.wall.audit.judging import Judgement
from paywall.wall.audit.looking.deriving import article_around
from paywall.wall.audit.looking.locked import Source
from paywall.wall.audit.looking.prose import sentences
from paywall.wall.audit.meeting import Meeting
from paywall.wall.audit.surfaces import Surface

_REFUSALS = frozenset({403, 407, 429, 503})
_MAY_REFUSE = frozenset({Surface.REST, Surface.CANDIDATE, Surface.SPELLING, Surface.VARIANT})
_READ = ("html", "xml", "json", "text", "javascript", "manifest", "ecmascript")
_ENCRYPTED = re.compile(r"U2FsdGVkX1[\w+/=-]{200,}")


def notes_of(answers: list[Answer], meeting: Meeting, judgement: Judgement) -> list[str]:
    """Return what an operator should know, one sentence or two each."""
    return [
        *_about_the_meter(meeting, judgement),
        *_about_the_preview(meeting, judgement),
        *_about_caches(meeting),
        *_about_encryption(meeting),
        *_about_copies(meeting),
        *_about_refusals(answers),
        *_about_the_unread(answers),
    ]


def _about_the_meter(meeting: Meeting, judgement: Judgement) -> Iterator[str]:
    if judgement.is_metered:
        yield (
            f"The wall is a meter: a first visit is let in, so everybody was given the cookies of a visitor who had "
            f"opened {meeting.views} other articles. Whoever drops cookies is let in again, as your meter allows."
        )
    elif judgement.locked and judgement.locked.is_in(meeting.first.text) and judgement.locked.source is Source.CANARY:
        yield (
            f"The page shows the text to a visitor who had opened {meeting.views} other articles. If more are free on "
            "your site, say so with --views."
        )


def _about_the_preview(meeting: Meeting, judgement: Judgement) -> Iterator[str]:
    locked = judgement.locked
    if locked is not None and locked.source is Source.COOKIE:
        article = sentences(article_around(meeting.page(meeting.entitled[0]), list(locked.sentences)))
        yield (
            f"A visitor is shown {max(0, len(article) - len(locked))} of the article's {len(article)} sentences. If "
            "your preview is shorter, more stands in the page, hidden in a way that is not known here: give --canary."
        )


def _about_caches(meeting: Meeting) -> Iterator[str]:
    for answer in meeting.entitled[:1]:
        said = (answer.header("cache-control") or "").lower()
        if not any(word in said for word in ("private", "no-store", "no-cache")):
            yield (
                f"The entitled reader's page may be kept by caches (Cache-Control: {said or 'not said'}): send "
                "`private, no-store` with it."
            )
        if meeting.revisited is not None and meeting.revisited.status == 304:
            yield (
                "A visitor who knows the full page's ETag is told that nothing has changed (304): a browser then shows "
                "the full page that it has kept, also to somebody whose subscription has ended."
            )
        tag = answer.header("etag")
        if tag and tag == meeting.first.header("etag") and answer.body != meeting.first.body:
            yield "The full page and the preview have one ETag: a cache may hand the one out for the other."


def _about_encryption(meeting: Meeting) -> Iterator[str]:
    if _ENCRYPTED.search(meeting.first.text):
        yield (
            "Encrypted text travels with the page (it begins as CryptoJS writes it). If its key can be had without "
            "paying, it is not locked; this audit can't open it."
        )


def _about_copies(meeting: Meeting) -> Iterator[str]:
    said = f"{meeting.first.header('x-robots-tag') or ''} {meeting.first.text}".lower()
    if "noarchive" not in said:
        yield (
            "Copies at archives and search engines were not asked. If crawlers are let in on purpose, say `noarchive` "
            "in the robots meta tag, or what they were sent may be read there."
        )


def _about_refusals(answers: list[Answer]) -> Iterator[str]:
    refused = [answer for answer in answers if _is_refused(answer)]
    counts = Counter(answer.status for answer in refused)
    told = [
        f"{count} with {HTTPStatus(status).phrase} ({status})" if status else f"{count} by silence"
        for status, count in counts.items()
    ]
    if told:
        people = _some(sorted({answer.person for answer in refused}))
        yield f"Refused of {len(answers)} requests: {', '.join(told)}; as {people}. What lies behind was not seen."


def _is_refused(answer: Answer) -> bool:
    """Tell whether the site turned somebody away; interfaces may, and so may it browsers that fetch beforehand."""
    is_right = "prefetch" in answer.person or (answer.status == 403 and answer.ask.surface in _MAY_REFUSE)
    is_guess = not answer.status and answer.ask.surface is Surface.VARIANT  # a host that there may not be
    return (not answer.status and not is_guess) or (answer.status in _REFUSALS and not is_right)


def _about_the_unread(answers: Iterable[Answer]) -> Iterator[str]:
    every = [one for one in answers if one.packed and one.ask.surface is not Surface.SCRIPT]
    kinds = Counter(one.kind for one in every if not any(word in one.kind for word in _READ))
    if kinds:
        yield f"Not read, as they are no text: {', '.join(f'{count} {kind}' for kind, count in kinds.items())}."
    cut = sum(not one.is_whole for one in every)
    if cut:
        yield f"{cut} answers were too long or too slow to be read to their end."


def _some(people: list[str], most: int = 4) -> str:
    told = ", ".join(people[:most])
    return told if len(people) <= most else f"{told} and {len(people) - most} others"
