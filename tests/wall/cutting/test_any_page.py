"""Any page, cut: nothing of what comes after the cut is left, in whatever form, and all that is open stays."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from tests.proof.detector import Detector
from tests.wall.cutting.cutting import cut
from tests.wall.cutting.test_page import FORMS, PLACES

_SYLLABLES = "ba ce di fo gu ha ki lo mu na pe ri so tu va xe yo zu dra fle gno pri sta".split()
_BLOCKS = ("div", "section", "blockquote", "aside", "x-part")
_INLINE = ("em", "a", "strong", "span")


def sentence(number: int) -> str:
    """Return a sentence that no other number has a piece of 24 letters of."""
    words = Random(number)
    return " ".join("".join(words.choices(_SYLLABLES, k=3)) for _ in range(9)) + "."


@dataclass
class Element:
    """An element of a made-up page: of others, or of one sentence."""

    tag: str
    children: list["Element"] = field(default_factory=list)
    number: int = -1
    marker: str = ""
    """Written before it."""

    def html(self) -> str:
        inner = "".join(child.html() for child in self.children) if self.number < 0 else self._text()
        return f"{self.marker}<{self.tag}>{inner}</{self.tag}>"

    def _text(self) -> str:
        words = sentence(self.number).split()
        name = _INLINE[self.number % len(_INLINE)]
        words[3] = f"<{name}>{words[3]}</{name}>"
        return " ".join(words)

    def numbers(self) -> Iterator[int]:
        if self.number >= 0:
            yield self.number
        for child in self.children:
            yield from child.numbers()

    def inside(self) -> Iterator["Element"]:
        yield self
        for child in self.children:
            yield from child.inside()


@st.composite
def trees(draw: st.DrawFn) -> Element:
    """Return a tree of 2 to some 40 sentences."""
    count = [0]

    def leaf() -> Element:
        count[0] += 1
        return Element(draw(st.sampled_from(("p", "p", "h2", "figcaption"))), number=count[0])

    def grow(depth: int) -> Element:
        sizes = range(draw(st.integers(1, 4)))
        children = [grow(depth - 1) if depth and draw(st.booleans()) else leaf() for _ in sizes]
        return Element(draw(st.sampled_from(_BLOCKS)), children)

    root = grow(3)
    root.children.append(leaf())
    return root


MARKERS = ("<!-- paywall -->", "<!--PAYWALL-->", "<p><!-- paywall --></p>", "<div><!-- paywall --></div>")
COPIES = st.lists(st.tuples(st.sampled_from(sorted(PLACES)), st.sampled_from(sorted(FORMS))), max_size=3)


def mark(tree: Element, choice: int, marker: str) -> set[int]:
    """Put a marker somewhere before an element of the tree; returns the sentences that it locks."""
    places = [(parent, at) for parent in tree.inside() for at in range(len(parent.children))]
    parent, at = places[choice % len(places)]
    parent.children[at].marker = marker
    return {number for child in parent.children[at:] for number in child.numbers()}


def copied(text: str, copies: list[tuple[str, str]]) -> str:
    return "".join(
        PLACES[place].format(FORMS[form](text).replace('"', '"' if place.startswith("a script") else "&quot;"))
        for place, form in copies
    )


def found_in(html: str, numbers: set[int]) -> set[str]:
    return set(Detector({str(number): sentence(number) for number in numbers}).found_in(html.encode()))


def shown_by(html: str) -> str:
    body = LexborHTMLParser(html).body
    return " ".join((body.text() if body else "").split())


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(trees(), st.integers(0, 1_000), st.sampled_from(MARKERS), COPIES, st.data())
def test_nothing_that_a_marker_locks_is_left_and_all_else_is(
    tree: Element, choice: int, marker: str, copies: list[tuple[str, str]], data: st.DataObject
) -> None:
    locked = mark(tree, choice, marker)
    leaked = sentence(data.draw(st.sampled_from(sorted(locked))))
    state = f'<script type="application/json">{json.dumps([sentence(n) for n in locked])}</script>'
    start = f"<!doctype html><title>T</title><body>{copied(leaked, copies)}"
    source = f"{start}{tree.html()}{state}<footer>Imprint</footer>"
    html = cut(source)
    assert found_in(source, locked)
    assert not found_in(html, locked)
    shown = shown_by(html)
    assert all(sentence(number) in shown for number in set(tree.numbers()) - locked)
    assert "Imprint" in shown


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(trees(), st.integers(0, 120), st.integers(0, 3), COPIES)
def test_nothing_is_left_of_what_a_selector_names_but_its_first_words(
    tree: Element, words: int, paragraphs: int, copies: list[tuple[str, str]]
) -> None:
    numbers = list(tree.numbers())
    last = sentence(numbers[-1])
    start = f"<!doctype html><title>T</title><body><main>{tree.html()}</main>"
    page = f"{start}{copied(last, copies)}<footer>Imprint</footer>"
    html = cut(page, selector="main", words=words, paragraphs=paragraphs)
    main = LexborHTMLParser(html).css_first("main")
    assert main is not None
    left = main.text().replace("[HERE]", "").replace("…", "").split()
    every = [word for number in numbers for word in sentence(number).split()]
    assert "".join(every).startswith("".join(left))
    assert "".join(left).count(".") <= len(numbers) // 2
    gone = {number for number in numbers if sentence(number).replace(" ", "")[:20] not in "".join(left)}
    assert not found_in(html, gone)
    assert "Imprint" in html
