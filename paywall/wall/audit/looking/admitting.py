"""What is locked, by what the site itself sends: text that belongs to the article and goes on where the preview ends.

Nobody has told us the text here, so what is found is likely, not certain. It must be long, hang together with the
preview or come from an address of this article, and stand on no other page.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape

from paywall.wall.audit.asking.asks import Answer
from paywall.wall.audit.asking.site import Site
from paywall.wall.audit.looking.pages import HtmlPage
from paywall.wall.audit.looking.prose import is_mostly_prose, is_prose, sentences, weight, without, without_tags
from paywall.wall.audit.looking.strings import Climb, bodies_in, json_in, strings_in
from paywall.wall.audit.surfaces import Place, Surface
from paywall.wall.traces import decoded, forms_of, letters, resolved

LEAST_LETTERS, LEAST_SENTENCES = 300, 3
_ANCHOR = 40
_MOST_ANCHORS = 60
_ENTRY = re.compile(r"<(item|entry|url)\b", re.IGNORECASE)
_ENDS = {name: re.compile(rf"</{name}>", re.IGNORECASE) for name in ("item", "entry", "url")}
_CDATA = re.compile(r"<!\[CDATA\[((?:(?!<!\[CDATA\[).)*?)\]\]>", re.DOTALL)
_OF_DATA = frozenset({Place.STATE, Place.COMMENTS, Place.NOSCRIPT, Place.TEMPLATES, Place.STYLES})
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
        if answer.status == 200 and answer.packed:
            own = "\n".join(value for name, value in answer.headers if name.lower().startswith("x-"))
            self._once((own,), lambda: self._of_data(answer, own))
            self._once((answer.packed, self._is_of_the_article(answer)), lambda: self._of_body(answer, styles))

    def _once(self, key: tuple[object, ...], texts: Callable[[], Iterator[str]]) -> None:
        if hash(key) not in self._seen:
            self._seen.add(hash(key))
            self._found += [one for text in texts() for one in self._beyond(text)]

    def _of_body(self, answer: Answer, styles: str) -> Iterator[str]:
        if answer.is_page:
            return self._of_page(answer, HtmlPage(answer.text, styles))
        return self._of_feed(answer.text) if "xml" in answer.kind else self._of_data(answer, answer.text)

    def _of_page(self, answer: Answer, page: HtmlPage) -> Iterator[str]:
        anchored = [text for text in page.containers() if self._is_anchored(text)]
        if anchored and (self._is_of_the_article(answer) or self._is_well_anchored(anchored[0])):
            yield anchored[0]
        for place, text in page.places():
            if place in _OF_DATA and text:
                yield from self._of_data(answer, text)
        lone = [*page.data_values(), *page.hidden_blocks, *bodies_in("\n".join(page.structured_data))]
        yield from (text for text in lone if self._belongs(answer, text))
        for value in page.data_values():
            yield from self._of_data(answer, value)

    def _of_data(self, answer: Answer, text: str) -> Iterator[str]:
        """Yield the strings in data that belong to the article, and the rest of the object or list they are in."""
        for reading in decoded(text):
            for value in json_in(reading):
                yield from Climb(self._is_anchored, self._is_enough).texts(value)
            yield from (one for one in strings_in(reading) if is_mostly_prose(one) and self._belongs(answer, one))

    def _of_feed(self, text: str) -> Iterator[str]:
        for found in _entries(text):
            entry = _CDATA.sub(lambda cdata: unescape(cdata[1]), found)
            if self._names_us(entry) or self._is_anchored(entry):
                yield unescape(entry)

    def _belongs(self, answer: Answer, text: str) -> bool:
        is_known_apart = bool(self._elsewhere)  # else it may be what every page of the site carries
        return (is_known_apart and self._is_of_the_article(answer)) or self._is_anchored(without_tags(text))

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
        found = filter(is_prose, sentences(without_tags(resolved(text))))
        beyond = without(found, *self._known, self._elsewhere)
        return beyond if len(beyond) >= LEAST_SENTENCES and weight(beyond) >= LEAST_LETTERS else []


def _entries(text: str) -> Iterator[str]:
    """Yield the entries of a feed or sitemap; once no end is left for one, none is looked for again."""
    at, endless = 0, set[str]()
    while found := _ENTRY.search(text, at):
        name, at = found[1].lower(), found.end()
        end = None if name in endless else _ENDS[name].search(text, at)
        if end is None:
            endless.add(name)
        else:
            yield text[found.start() : end.end()]
            at = end.end()
