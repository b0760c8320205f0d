"""A run of inline text, on its way to becoming one paragraph, list item or table cell."""

import re
from collections.abc import Iterator
from enum import Enum
from html import escape, unescape

from paywall.articles.body.markup import Piece
from paywall.articles.text import clean_text
from paywall.errors import BadInput

DEEPEST = 100
_JOINS_A_TAG = "\u0338"  # this mark and the `>` before it are one character in Unicode's normal form
_SPACE = re.compile(r"[ \t\r\n\f]+")
_TRACKER = re.compile(r' (?:width|height)="[01]"')


class _Part(Enum):
    TEXT = "text"
    BREAK = "break"
    IMAGE = "image"
    OPEN = "open"
    CLOSE = "close"


class Run:
    """Inline pieces in their order. What is formatted stays formatted in the next run, until it is closed."""

    def __init__(self) -> None:
        self._parts: list[tuple[_Part, str]] = []
        self._open: list[Piece] = []

    def add_text(self, raw: str, *, verbatim: bool) -> None:
        """Add escaped text; white space is one space unless `verbatim`."""
        text = clean_text(unescape(raw))
        if _JOINS_A_TAG in text:
            text = clean_text(text.replace(_JOINS_A_TAG, ""))
        if not verbatim:
            text = _SPACE.sub(" ", text)
            kind, before = next(self._written(), (_Part.BREAK, ""))
            if kind is _Part.BREAK or before.endswith(" "):
                text = text.removeprefix(" ")
        if text:
            self._parts.append((_Part.TEXT, escape(text, quote=False)))

    def add_image(self, raw: str) -> None:
        """Add an image that has an address and is no tracking pixel."""
        if " src=" in raw and not _TRACKER.search(raw):
            self._parts.append((_Part.IMAGE, raw))

    def add_break(self) -> bool:
        """Add a line break; returns False where a second one in a row asks for a new paragraph."""
        last = next((kind for kind, raw in self._written() if raw.strip()), None)
        if last is _Part.BREAK:
            return False
        if last is not None:
            self._parts.append((_Part.BREAK, "<br>"))
        return True

    def open(self, piece: Piece) -> None:
        """Begin formatting. A link without an address is none. Raises BadInput beyond DEEPEST."""
        if piece.name == "a" and " href=" not in piece.raw:
            piece = Piece(piece.kind, piece.name, "")
        self._open.append(piece)
        if len(self._open) > DEEPEST:
            raise BadInput("body", f"its elements are nested more than {DEEPEST} deep")
        self._parts.append((_Part.OPEN, piece.raw))

    def close(self) -> None:
        """End the formatting begun last."""
        if self._open:
            self._parts.append((_Part.CLOSE, _closing(self._open.pop())))

    def take(self, *, verbatim: bool) -> str:
        """Return the run as balanced HTML, empty if it holds neither text nor image, and begin the next one."""
        parts = _trimmed(self._parts, "\n" if verbatim else None)
        parts += [(_Part.CLOSE, _closing(piece)) for piece in reversed(self._open)]
        self._parts = [(_Part.OPEN, piece.raw) for piece in self._open]
        return "".join(_without_empty_pairs(parts))

    def _written(self) -> Iterator[tuple[_Part, str]]:
        return (part for part in reversed(self._parts) if part[0] not in {_Part.OPEN, _Part.CLOSE})


def _closing(piece: Piece) -> str:
    return f"</{piece.name}>" if piece.raw else ""


def _trimmed(parts: list[tuple[_Part, str]], blank: str | None) -> list[tuple[_Part, str]]:
    """Drop blanks and line breaks before the first and after the last content; everything, if there is none."""
    solid = [i for i, (kind, raw) in enumerate(parts) if kind is _Part.IMAGE or (kind is _Part.TEXT and raw.strip())]
    if not solid:
        return [part for part in parts if part[0] in {_Part.OPEN, _Part.CLOSE}]
    first, last = solid[0], solid[-1]
    kept = [part for i, part in enumerate(parts) if first <= i <= last or part[0] in {_Part.OPEN, _Part.CLOSE}]
    begin, end = kept.index(parts[first]), len(kept) - 1 - kept[::-1].index(parts[last])
    kept[begin] = (kept[begin][0], kept[begin][1].lstrip(blank))
    kept[end] = (kept[end][0], kept[end][1].rstrip(blank))
    return kept


def _without_empty_pairs(parts: list[tuple[_Part, str]]) -> list[str]:
    kept: list[tuple[_Part, str]] = []
    for part in parts:
        if part[0] is _Part.CLOSE and kept and kept[-1][0] is _Part.OPEN:
            kept.pop()
        else:
            kept.append(part)
    return [raw for _, raw in kept]
