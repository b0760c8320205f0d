"""What stays of an article where its body is named by a selector: its first words, and never more than half of it.

The preview ends with the paragraph that brings it into 80-120 % of the wanted words; where a paragraph is too long for
that, it is cut at a word, with an ellipsis. A heading never ends a preview.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from selectolax.lexbor import LexborNode

from paywall.articles.body.words import count_words, past_marks, word_ends
from paywall.wall.cutting.nodes import FURNITURE, parents, take_away_after, take_away_inside, texts
from paywall.wall.cutting.rules import CutRules

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "cite",
        "code",
        "em",
        "font",
        "i",
        "kbd",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "u",
    ]
)
_ELLIPSIS = "…"


@dataclass(slots=True)
class _Text:
    """One text of the article, and how many words there are up to its end."""

    node: LexborNode
    body: int
    block: LexborNode
    words_until: int
    words: int


def cut_to_preview(bodies: Sequence[LexborNode], rules: CutRules) -> tuple[str, int]:
    """Cut the article that these elements hold together; returns what was taken away, and in which of them it began."""
    found = _texts(bodies)
    half = found[-1].words_until // 2 if found else 0
    whole = _last_whole(found, rules, half)
    if whole is not None:
        return take_away_from(bodies, whole.body, whole.node), whole.body
    return _cut_within(bodies, found, half if rules.paragraphs else min(rules.words, half))


def take_away_from(bodies: Sequence[LexborNode], number: int, node: LexborNode) -> str:
    """Take away what comes after a node in the body of that number, and all that is in later ones."""
    taken = take_away_after(node, bodies[number])
    return " ".join([taken, *map(take_away_inside, bodies[number + 1 :])])


def _texts(bodies: Sequence[LexborNode]) -> list[_Text]:
    found: list[_Text] = []
    words = 0
    for number, body in enumerate(bodies):
        for node in texts(body, FURNITURE):
            count = count_words(node.text_content or "")
            words += count
            found.append(_Text(node, number, _block(node, body), words, count))
    return found


def _block(node: LexborNode, body: LexborNode) -> LexborNode:
    for parent in parents(node):
        if parent.tag not in _INLINE or parent.mem_id == body.mem_id:
            return parent
    return body


def _last_whole(found: list[_Text], rules: CutRules, half: int) -> _Text | None:
    """Return the text that ends the preview with a whole paragraph, if there is such a place."""
    ends = [
        one
        for one, after in pairwise(found)
        if one.block.mem_id != after.block.mem_id and one.words_until <= half and one.block.tag not in _HEADINGS
    ]
    if rules.paragraphs:
        return ends[min(rules.paragraphs, len(ends)) - 1] if ends else None
    wanted = min(rules.words, half)
    return next((one for one in ends if 0.8 * wanted <= one.words_until <= 1.2 * wanted), None)


def _cut_within(bodies: Sequence[LexborNode], found: list[_Text], most: int) -> tuple[str, int]:
    """Cut within the text that has the last word that may be shown."""
    last = next((one for one in found if one.words_until >= most), None)
    if last is None or most <= 0:
        return " ".join(map(take_away_inside, bodies)), 0
    text = last.node.text_content or ""
    end = past_marks(text, word_ends(text, most - (last.words_until - last.words))[-1])
    last.node.insert_before(text[:end] + _ELLIPSIS)
    taken = take_away_from(bodies, last.body, last.node)
    last.node.decompose()
    return f"{text[end:]} {taken}", last.body
