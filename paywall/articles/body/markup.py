"""The pieces of sanitised HTML, one after another.

Only for what `sanitise.py` has let through: balanced, every attribute in double quotes, no comments. That makes one
pass of a regular expression enough, however deep the elements are nested.
"""

import re
from collections.abc import Iterator
from enum import Enum
from html import unescape
from typing import NamedTuple

INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "cite",
        "code",
        "del",
        "em",
        "i",
        "ins",
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
        "var",
    ]
)
VOID = frozenset({"br", "hr", "img"})
_PIECE = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:[^>"]|"[^"]*")*)>|([^<]+)')


class Kind(Enum):
    """What a piece of HTML is."""

    OPEN = "open"
    CLOSE = "close"
    VOID = "void"
    TEXT = "text"


class Piece(NamedTuple):
    """A tag or a text between tags; `name` is empty for text, `raw` is as it stands in the HTML."""

    kind: Kind
    name: str
    raw: str


def pieces(html: str) -> Iterator[Piece]:
    """Take sanitised HTML apart; joined again, the `raw` of all pieces are the HTML."""
    for match in _PIECE.finditer(html):
        close, name, _, text = match.groups()
        if text is not None:
            yield Piece(Kind.TEXT, "", text)
        elif close:
            yield Piece(Kind.CLOSE, name, match[0])
        else:
            yield Piece(Kind.VOID if name in VOID else Kind.OPEN, name, match[0])


def plain_text(html: str) -> str:
    """Return the text of sanitised HTML; paragraphs, cells and line breaks become lines."""
    text = "".join(_as_text(piece) for piece in pieces(html))
    return "\n".join(line for line in (" ".join(raw.split()) for raw in text.split("\n")) if line)


def _as_text(piece: Piece) -> str:
    if piece.kind is Kind.TEXT:
        return unescape(piece.raw).replace("\n", " ")
    return "" if piece.name in INLINE or piece.name == "img" else "\n"
