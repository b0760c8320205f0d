"""From hits to findings: the same leak under twenty addresses, to thirty people, is one thing to mend."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from paywall.wall.audit.asking.asks import Answer
from paywall.wall.audit.asking.people import EDITING, RETURNING, SPENT, VISITOR, askers, others
from paywall.wall.audit.looking.lengths import TooLong
from paywall.wall.audit.looking.locked import Hit
from paywall.wall.audit.surfaces import Place, Surface

_ORDINARY = frozenset({VISITOR.name, RETURNING.name, SPENT.name})
_MENDS = {person.name: person.mend for person in (*others(), *askers(), EDITING)}
_OF_THE_PAGE = frozenset(
    {Surface.CONDITION, Surface.VARIANT, Surface.PRINT, Surface.SPELLING, Surface.CACHE, Surface.HEAD, Surface.AMP}
    | {Surface.CANDIDATE, Surface.REST}
)
"""Addresses that often answer with the very page."""
_TOLD_BY_SURFACE = frozenset({Place.TEXT, Place.SOURCE, Place.DATA, Place.ENTRY, Place.LENGTH})


@dataclass
class Finding:
    """One thing to mend. `sentences` are the numbers of those found; none where only a length or a sign was seen."""

    surface: Surface
    place: Place
    mend: str
    address: str
    status: int
    people: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    sentences: frozenset[int] = frozenset()
    excerpt: str = ""
    detail: str = ""

    def take(self, answer: Answer, hit: Hit) -> None:
        """Add another address or person that shows the same."""
        if answer.person not in self.people:
            self.people.append(answer.person)
        if answer.ask.shown_as not in self.addresses:
            self.addresses.append(answer.ask.shown_as)
        self.sentences |= hit.sentences
        self.excerpt = self.excerpt or hit.excerpt


Seen = tuple[Answer, Hit]


def findings_of(seen: Iterable[Seen], lengths: Iterable[TooLong]) -> list[Finding]:
    """Return what is to be mended, the article's page first."""
    every = sorted(seen, key=lambda one: one[0].person not in _ORDINARY)
    ordinary = {(answer.ask.url, hit.place) for answer, hit in every if answer.person in _ORDINARY}
    on_the_page = {hit.place for answer, hit in every if _is_page(answer)}
    lists = {answer.packed for answer, _ in every if answer.ask.surface is Surface.LISTING}
    found: dict[tuple[Surface, Place, str], Finding] = {}
    for answer, hit in sorted(every, key=lambda one: not _is_page(one[0])):
        is_special = (answer.ask.url, hit.place) not in ordinary
        mend = _MENDS.get(answer.person, "") if is_special else ""
        surface = _surface(answer, hit, lists)
        if surface in _OF_THE_PAGE and hit.place in on_the_page:
            surface, mend = Surface.PAGE, ""
        key = (surface, hit.place, mend)
        if key not in found:
            advice = mend or _mend(surface, hit.place)
            found[key] = Finding(surface, hit.place, advice, answer.ask.shown_as, answer.status)
        found[key].take(answer, hit)
    return sorted([*found.values(), *_of_lengths(lengths)], key=lambda one: list(Surface).index(one.surface))


def _surface(answer: Answer, hit: Hit, lists: set[bytes]) -> Surface:
    """Return what an address turned out to be: `/?s=…` may be the front page, a link on it a feed."""
    if answer.packed in lists:
        return {Place.ENTRY: Surface.FEED, Place.DATA: Surface.REST}.get(hit.place, Surface.LISTING)
    return answer.ask.surface


def _is_page(answer: Answer) -> bool:
    return answer.ask.surface is Surface.PAGE and answer.person in _ORDINARY


def _mend(surface: Surface, place: Place) -> str:
    return (surface.mend if place in _TOLD_BY_SURFACE else "") or place.mend


def _of_lengths(lengths: Iterable[TooLong]) -> Iterator[Finding]:
    by_method: dict[Surface, list[TooLong]] = defaultdict(list)
    for one in lengths:
        by_method[one.answer.ask.surface].append(one)
    for surface, several in by_method.items():
        first = several[0]
        detail = f"tells of {first.told:,} bytes; the page that is sent has {first.sent:,}"
        address, people = first.answer.ask.shown_as, list(dict.fromkeys(one.answer.person for one in several))
        yield Finding(
            surface, Place.LENGTH, surface.mend, address, first.answer.status, people, [address], detail=detail
        )
