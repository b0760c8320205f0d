"""What is locked, by what the site itself sends: text that belongs to the article and goes on where the preview ends.

Nobody has told us the text here, so what is found is likely, not certain. It must be long, hang together with the
preview or come from an address of this article, and stand on no other page.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from paywall.wall.audit.asking.asks import Answer
from paywall.wall.audit.asking.site import Site
from paywall.wall.audit.looking.pages import HtmlPage
from paywall.wall.audit.looking.prose import sentences, weight, without, without_tags
from paywall.wall.audit.looking.strings import Climb, strings_in
from paywall.wall.audit.surfaces import Place, Surface
from paywall.wall.traces import decoded, forms_of, letters, resolved

LEAST_LETTERS, LEAST_SENTENCES = 300, 3
_ANCHOR = 40
_MOST_ANCHORS = 60
_ENTRY = re.compile(r"<(item|entry|url)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_MOST_NEEDED = 2
"""So many of the preview's sentences, where it has as many, make a page this article's."""
_OF_ONE_ARTICLE = frozenset(
    {Surface.PAGE, Surface.CONDITION, Surface.VARIANT, Surface.PRINT, Surface.AMP, Surface.SPELLING, Surface.CACHE}
    | {Surface.OEMBED}
)


@dataclass(frozen=True)
class Shown:
    """What everybody may read: the preview, and what other pages show or carry."""

    preview: HtmlPage
    elsewhere: tuple[str, ...]
    site: Site

    @property
    def known(self) -> tuple[str, ...]:
        """All of it, as letters."""
        return (letters(self.preview.visible), *map(letters, self.elsewhere))

    @property
    def anchors(self) -> tuple[str, ...]:
        """The preview's sentences, as letters: text that holds one of them is this article's."""
        others = [letters(text) for text in self.elsewhere]
        own = [without(sentences(text), *others) for text in self.preview.containers()]
        longest = max(own, key=weight, default=[])
        inmost = next((one for one in own if 2 * weight(one) >= weight(longest)), [])
        return tuple(letters(one)[:_ANCHOR] for one in inmost[:_MOST_ANCHORS] if len(letters(one)) >= _ANCHOR)


class Admissions:
    """Collects text beyond the preview from answers."""

    def __init__(self, shown: Shown) -> None:
        self._known, self._anchors, self._site = shown.known, shown.anchors, shown.site
        self._elsewhere = "".join(letters(resolved(text)) for text in shown.elsewhere)
        self._seen: set[int] = set()
        self._found: list[str] = []

    @property
    def found(self) -> list[str]:
        """The sentences beyond the preview, each once, whatever they were wrapped in."""
        kept: list[str] = []
        known = ""
        for one in dict.fromkeys(self._found):
            if not any(form in known for form in forms_of(one)):
                kept.append(one)
                known += letters(one)
        return kept

    def add(self, answer: Answer, styles: str = "") -> None:
        """Take what an answer tells beyond the preview."""
        key = hash((answer.packed, answer.headers, self._is_of_the_article(answer)))
        if key not in self._seen:
            self._seen.add(key)
            self._found += [one for text in self._texts(answer, styles) for one in self._beyond(text)]

    def _texts(self, answer: Answer, styles: str) -> Iterator[str]:
        if answer.status != 200 or not answer.packed:
            return
        yield from self._of_data(answer, "\n".join(value for _, value in answer.headers))
        if answer.is_page:
            yield from self._of_page(answer, HtmlPage(answer.text, styles))
        elif "xml" in answer.kind:
            yield from self._of_feed(answer.text)
        else:
            yield from self._of_data(answer, answer.text)

    def _of_page(self, answer: Answer, page: HtmlPage) -> Iterator[str]:
        anchored = [text for text in page.containers() if self._is_anchored(text)]
        if anchored and (self._is_of_the_article(answer) or self._is_well_anchored(anchored[0])):
            yield anchored[0]
        for place, text in page.places():
            if place not in (Place.TEXT, Place.HIDDEN) and text:
                yield from self._of_data(answer, text)
        yield from (block for block in page.hidden_blocks if self._belongs(answer, block))

    def _of_data(self, answer: Answer, text: str) -> Iterator[str]:
        """Yield the strings in data that belong to the article, and the rest of the object or list that they are in."""
        for reading in decoded(text):
            for value in _json_in(reading):
                yield from Climb(self._is_anchored, self._is_enough).texts(value)
            yield from (one for one in strings_in(reading) if self._belongs(answer, one))

    def _of_feed(self, text: str) -> Iterator[str]:
        for match in _ENTRY.finditer(text):
            entry = _CDATA.sub(lambda cdata: unescape(cdata[1]), match[0])
            if self._names_us(entry) or self._is_anchored(entry):
                yield unescape(entry)

    def _belongs(self, answer: Answer, text: str) -> bool:
        return self._is_of_the_article(answer) or self._is_anchored(without_tags(text))

    def _is_of_the_article(self, answer: Answer) -> bool:
        """Tell whether an address is one of this article alone: another article may begin as a teaser here does."""
        return answer.ask.surface in _OF_ONE_ARTICLE or self._names_us(answer.ask.url)

    def _names_us(self, text: str) -> bool:
        return self._site.url in text or bool(self._site.slug and self._site.slug in text)

    def _is_anchored(self, text: str) -> bool:
        found = letters(text)
        return any(anchor in found for anchor in self._anchors)

    def _is_well_anchored(self, text: str) -> bool:
        """Tell whether this is our article and not another that begins as a teaser on our page does."""
        found = letters(text)
        return sum(anchor in found for anchor in self._anchors) >= min(_MOST_NEEDED, len(self._anchors))

    def _is_enough(self, text: str) -> bool:
        return bool(self._beyond(text))

    def _beyond(self, text: str) -> list[str]:
        plain = without_tags(resolved(text))
        beyond = [one for one in without(sentences(plain), *self._known, self._elsewhere) if _is_prose(one)]
        return beyond if len(beyond) >= LEAST_SENTENCES and weight(beyond) >= LEAST_LETTERS else []


def _is_prose(sentence: str) -> bool:
    """Tell whether it reads like a sentence: mostly letters, in words of a common length."""
    found = letters(sentence)
    words = max(1, len(sentence.split()))
    is_wordy = len(found) / words <= 14 or not found.isascii()
    return (
        is_wordy
        and 4 * len(found) >= 3 * len(sentence.replace(" ", ""))
        and not re.search(r"[{}=;<>]|\w\.\w+\(", sentence)
    )


def _json_in(reading: str) -> Iterator[Any]:
    """Yield the JSON that a text is, or that is assigned to something in it."""
    decoder = json.JSONDecoder(strict=False)
    at = 0
    for _ in range(20):
        match = re.compile(r"[\[{]").search(reading, at)
        if match is None:
            return
        try:
            value, at = decoder.raw_decode(reading, match.start())
        except (ValueError, RecursionError):
            at = match.start() + 1
            continue
        yield value
