"""What anybody may see of an article: its first words, cut at a paragraph, and never the whole of it.

A preview ends with the first paragraph that brings it into 80-120 % of the wanted words. Where a paragraph is too long
for that, it is cut at the end of a sentence within that range, else at a space or a word near the wanted count, with an
ellipsis. A short article shows at most half of its words. Headings never end a preview; images, figures, tables and
rules are left out. Works on what `sanitise.clean_html` returns.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape

from paywall.articles.body.markup import INLINE, Kind, Piece, pieces
from paywall.articles.body.words import count_words, past_marks, word_ends

WANTED_WORDS = 100
_LEFT_OUT = frozenset({"figure", "table"})
_HEADINGS = frozenset({"h2", "h3", "h4"})
_NO_SENTENCE_BEFORE = r"(?<!\b[A-Z])(?<!\b[MD]r)(?<!\bMrs)(?<!\bMs)(?<!\bSt)"
_FULL_STOPS = ".!?…\u061f\u06d4\u0589\u0964\u0965\u104a\u104b"  # with Arabic, Urdu, Armenian, Hindi, Burmese
_WIDE_STOPS = "\u3002\uff01\uff1f"
_SENTENCE_END = re.compile(
    f"{_NO_SENTENCE_BEFORE}[{_FULL_STOPS}]+[\"'”\u2019»)\\]]*(?=\\s)|[{_WIDE_STOPS}]+[」』”\u2019\uff09]*"
)
_SPACE_AFTER_WORD = re.compile(r"(?<=\S)[^\S\n]")
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class _Range:
    """How many words a preview may have."""

    least: int
    wanted: int
    most: int


@dataclass(frozen=True, slots=True)
class _Reading:
    """The text with a newline at each boundary, and offsets in it."""

    text: str
    word_ends: list[int]
    """Of the first words, more than any preview has."""
    paragraphs: list[int]
    """Where paragraphs, list items and quotations end."""
    headings: list[tuple[int, int]]

    def words_before(self, place: int) -> int:
        """Return how many words have ended at `place`."""
        return bisect_right(self.word_ends, place)

    def is_in_heading(self, place: int) -> bool:
        """Tell whether a cut there would leave a heading last."""
        return any(start <= place <= end for start, end in self.headings)


def cut_preview(body_html: str, wanted_words: int = WANTED_WORDS) -> str:
    """Return the preview of a sanitised body; empty where there is nothing that could be left for the wall."""
    shown = list(_shown(body_html))
    reading = _read(shown, wanted_words * 2)
    allowed = _allowed(count_words(reading.text), wanted_words)
    stop, whole = _stop(reading, allowed) if allowed.most else (0, True)
    return _until(shown, stop, "" if whole else _ELLIPSIS) if stop else ""


def _allowed(words: int, wanted: int) -> _Range:
    half = words // 2
    return _Range(min(wanted * 8 // 10, half * 8 // 10), min(wanted, half), min(wanted * 12 // 10, half))


def _shown(html: str) -> Iterator[Piece]:
    """Yield the pieces that a preview may hold."""
    inside = 0
    for piece in pieces(html):
        if piece.name in _LEFT_OUT:
            inside += 1 if piece.kind is Kind.OPEN else -1
        elif not inside and piece.name not in {"img", "hr"}:
            yield piece


def _read(shown: list[Piece], most_words: int) -> _Reading:
    text: list[str] = []
    paragraphs: list[int] = []
    headings: list[tuple[int, int]] = []
    length = began = 0
    for piece in shown:
        if piece.kind is Kind.CLOSE and piece.name in _HEADINGS:
            headings.append((began, length))
        elif piece.kind is Kind.CLOSE and piece.name not in INLINE:
            paragraphs.append(length)
        text.append(_text(piece))
        length += len(text[-1])
        began = length if piece.kind is Kind.OPEN and piece.name in _HEADINGS else began
    joined = "".join(text)
    return _Reading(joined, word_ends(joined, most_words), paragraphs, headings)


def _text(piece: Piece) -> str:
    if piece.kind is Kind.TEXT:
        return unescape(piece.raw)
    return "" if piece.name in INLINE else "\n"


def _stop(reading: _Reading, allowed: _Range) -> tuple[int, bool]:
    """Return where to stop (0: nowhere), and whether that is the end of a paragraph or a sentence."""
    for end in reading.paragraphs:
        if allowed.least <= reading.words_before(end) <= allowed.most:
            return end, True
    window = reading.text[: reading.word_ends[allowed.most - 1] + 3]
    sentence = _nearest(reading, [match.end() for match in _SENTENCE_END.finditer(window)], allowed)
    if sentence:
        return sentence, True
    space = _nearest(reading, [match.start() for match in _SPACE_AFTER_WORD.finditer(window)], allowed)
    word = _nearest(reading, reading.word_ends[: allowed.most], allowed)
    return space or past_marks(reading.text, word), False


def _nearest(reading: _Reading, places: list[int], allowed: _Range) -> int:
    """Return the place whose count of words is nearest to what is wanted, or 0; never one in a heading."""
    counted = [(place, reading.words_before(place)) for place in places]
    fitting = [
        (abs(words - allowed.wanted), place)
        for place, words in counted
        if max(1, allowed.least) <= words <= allowed.most and not reading.is_in_heading(place)
    ]
    return min(fitting, default=(0, 0))[1]


def _until(shown: list[Piece], stop: int, ellipsis: str) -> str:
    """Return the pieces up to `stop` characters of text, with all that is open then closed."""
    out: list[str] = []
    opened: list[Piece] = []
    length = 0
    for piece in shown:
        text = _text(piece)
        if piece.kind is Kind.TEXT and length + len(text) >= stop:
            out.append(escape(text[: stop - length].rstrip(), quote=False) + ellipsis)
            break
        length += len(text)
        _emit(piece, out, opened)
    out += [f"</{piece.name}>" for piece in reversed(opened)]
    return _without_empty("".join(out))


def _emit(piece: Piece, out: list[str], opened: list[Piece]) -> None:
    out.append(piece.raw)
    if piece.kind is Kind.OPEN:
        opened.append(piece)
    elif piece.kind is Kind.CLOSE:
        opened.pop()


def _without_empty(html: str) -> str:
    """Drop elements that lost all they held because it was left out."""
    kept: list[Piece] = []
    for piece in pieces(html):
        if piece.kind is Kind.CLOSE and kept and kept[-1].kind is Kind.OPEN:
            kept.pop()
        else:
            kept.append(piece)
    return "".join(piece.raw for piece in kept)
