"""Sentences: long enough to be known again, short enough to be counted."""

import re
from collections.abc import Iterable

from paywall.wall.traces import letters, resolved

SHORTEST = 30
"""Letters. What is shorter stands on many pages: `Subscribe now`, `Read more`."""
SHORTEST_OF_FEW = 10
"""The same for Chinese and Japanese."""
_END = re.compile("(?<=[.!?\u2026])[\"'\u201d\u2019\u00bb)\\]]*\\s+|(?<=[\u3002\uff01\uff1f])|\\n+")
_ENDS = re.compile("[.!?\u2026\u3002\uff01\uff1f\u0964\u061f\u06d4\u104b][\"'\u201d\u2019\u00bb)\\]\u300d\u300f]*$")
_CODE = re.compile(r"""[{}=;<>]|\w\.\w+\(|["']\s*[:,]\s*["'\d\[]""")
_LONG_WORD = 14
_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)[^<>]*>")
INLINE = frozenset(
    ["a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "kbd", "mark", "q", "s", "small", "span",
     "strong", "sub", "sup", "u", "wbr"]
)  # fmt: skip
"""Elements that stand inside of a sentence."""


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, each once, without those that are too short to tell anything."""
    found = (" ".join(one.split()) for one in _END.split(text))
    return list(dict.fromkeys(one for one in found if is_long(one)))


def is_long(sentence: str) -> bool:
    """Tell whether a sentence is long enough to be known again."""
    found = letters(sentence)
    return len(found) >= SHORTEST or (not found.isascii() and len(found) >= SHORTEST_OF_FEW and " " not in sentence)


def without(found: Iterable[str], *known: str) -> list[str]:
    """Return the sentences that are in none of the texts, which are given as letters; a preview may cut a few off."""
    beginnings = ((one, _most_of(letters(one))) for one in found)
    return [one for one, beginning in beginnings if not any(beginning in text for text in known)]


def _most_of(found: str) -> str:
    return found[: len(found) - len(found) // 5]


def without_tags(text: str) -> str:
    """Return HTML as text, a new line where a block begins or ends."""
    return _TAG.sub(lambda tag: "" if tag[2].lower() in INLINE else "\n", text)


def weight(found: Iterable[str]) -> int:
    """Return how many letters some sentences have."""
    return sum(len(letters(one)) for one in found)


def is_prose(sentence: str) -> bool:
    """Tell whether it reads like a sentence: it ends as one, and is mostly letters, in words of a common length."""
    found = letters(sentence)
    is_wordy = len(found) <= _LONG_WORD * len(sentence.split()) or not found.isascii()
    is_lettered = 4 * len(found) >= 3 * len(sentence.replace(" ", ""))
    return is_wordy and is_lettered and bool(_ENDS.search(sentence)) and not _CODE.search(sentence)


def is_mostly_prose(text: str) -> bool:
    """Tell whether most of a text is sentences, whatever tags and escapes are in it."""
    plain = without_tags(resolved(text))
    return 2 * weight(filter(is_prose, sentences(plain))) >= len(letters(plain)) > 0
