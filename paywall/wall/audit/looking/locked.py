"""The locked text, as far as it is known, and where in an answer it is found."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate

from paywall.wall.audit.asking.asks import Answer
from paywall.wall.audit.looking.pages import HtmlPage
from paywall.wall.audit.surfaces import Place
from paywall.wall.traces import RUN, Sought, decoded, letters, run_of

RUN_OF_FOUND_ONES = 32
"""Letters in a row that count where nobody named the text: phrases of four words stand in many articles."""
_SHARE = 0.6
_DATA = ("json", "javascript", "ecmascript")
_EXCERPT = 90


class Source(Enum):
    """How the locked text became known, and how sure that makes us."""

    CANARY = "the text that you gave"
    COOKIE = "what the entitled reader is shown and a visitor is not"
    METER = "what a first visit is shown and a visitor without free views is not"
    ADMITTED = "text beyond the preview that the site itself sends"

    @property
    def is_certain(self) -> bool:
        """Whether text of this kind is locked beyond doubt."""
        return self is not Source.ADMITTED


@dataclass(frozen=True)
class Hit:
    """Locked text in one place of an answer: the numbers of the sentences, and what was found of the longest run."""

    place: Place
    sentences: frozenset[int]
    excerpt: str


class Locked:
    """Sentences that nobody but an entitled reader may be sent."""

    def __init__(self, sentences: Sequence[str], source: Source, shown: str = "") -> None:
        """`shown` is what everybody may read: what a sentence shares with it is no leak."""
        self.sentences, self.source = tuple(sentences), source
        lengths = [len(letters(sentence)) for sentence in sentences]
        run = min([RUN, *lengths]) if source is Source.CANARY else RUN_OF_FOUND_ONES
        self._enough = [min(run_of(one), _SHARE * length) for one, length in zip(sentences, lengths, strict=True)]
        self._lengths, self._ends = lengths, list(accumulate(lengths))
        self._sought = Sought("\n".join(sentences), shown, run)
        self._bodies: dict[tuple[bytes, str, int, bool], list[Hit]] = {}
        self._known: dict[int, tuple[frozenset[int], str] | None] = {}

    def __len__(self) -> int:
        return len(self.sentences)

    def hits_in(self, answer: Answer, styles: str = "") -> list[Hit]:
        """Return where the locked text is in an answer; its source is searched as a whole where no place shows any."""
        in_headers = self._hit(Place.HEADERS, "\n".join(value for _, value in answer.headers))
        return [*([in_headers] if in_headers else []), *self._hits_in_body(answer, styles)]

    def is_in(self, text: str) -> bool:
        """Tell whether any of it is in a text."""
        return self._found(text) is not None

    def share_in(self, text: str) -> float:
        """Return how much of it is in a text, from 0 to 1."""
        found = self._found(text)
        return len(found[0]) / len(self.sentences) if found else 0.0

    def _hits_in_body(self, answer: Answer, styles: str) -> list[Hit]:
        key = (answer.packed, answer.kind, answer.status, answer.is_hop)  # most answers for a page are the same
        if answer.packed and key not in self._bodies:
            hits = [hit for place, text in places_of(answer, styles) if (hit := self._hit(place, text))]
            whole = self._hit(Place.SOURCE, answer.text) or self._hit(Place.SOURCE, answer.body) if not hits else None
            self._bodies[key] = [whole] if whole else hits
        return self._bodies.get(key, [])

    def _hit(self, place: Place, text: str | bytes) -> Hit | None:
        found = self._found(text) if text else None
        return Hit(place, *found) if found else None

    def _found(self, blob: str | bytes) -> tuple[frozenset[int], str] | None:
        key = hash(blob)  # most answers of a site say the same
        if key not in self._known:
            runs = [run for reading in decoded(blob) for run in self._sought.runs_in(reading)]
            numbers = frozenset(self._numbers(runs))
            self._known[key] = (numbers, self._excerpt(numbers)) if numbers else None
        return self._known[key]

    def _numbers(self, runs: list[tuple[int, int]]) -> Iterator[int]:
        """Yield the sentences of which enough is covered: a run, or most of a short one."""
        covered = [0] * len(self._lengths)
        for start, end in set(runs):
            for number in range(bisect_right(self._ends, start), len(self._ends)):
                begins = self._ends[number] - self._lengths[number]
                if begins >= end:
                    break
                covered[number] = max(covered[number], min(end, self._ends[number]) - max(start, begins))
        yield from (number for number, enough in enumerate(self._enough) if covered[number] >= enough > 0)

    def _excerpt(self, numbers: frozenset[int]) -> str:
        first = self.sentences[min(numbers)]
        return first if len(first) <= _EXCERPT else f"{first[:_EXCERPT].rstrip()}…"


def places_of(answer: Answer, styles: str = "") -> Iterator[tuple[Place, str]]:
    """Yield each place of an answer's body with what is in it."""
    if answer.is_hop:
        yield Place.REDIRECT, answer.text
    elif answer.status in (401, 402, 403, 404, 410, 451) and not answer.is_page:
        yield Place.REFUSAL, answer.text
    elif answer.is_page:
        yield from HtmlPage(answer.text, styles).places()
    elif "xml" in answer.kind:
        yield Place.ENTRY, answer.text
    elif any(kind in answer.kind for kind in _DATA):
        yield Place.DATA, answer.text
