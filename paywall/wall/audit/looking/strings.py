"""The strings in data and scripts, and which of them belong together."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

SHORTEST = 250
_LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"|\'((?:[^\'\\\n]|\\.)*)\'|`((?:[^`\\]|\\.)*)`', re.DOTALL)
_IS_CODE = re.compile(r"""["']\s*[:,]\s*["'\[{\d]|=\s*[\[{"'(]|\bfunction\b|=>""")
_OF_ANOTHER = frozenset({"url", "href", "link", "slug", "permalink", "headline", "title", "path"})
_BODIES = ("articleBody", "text", "reviewBody", "transcript")
_DECODER = json.JSONDecoder(strict=False)
_OPENS = re.compile(r"[\[{]")
_MOST_VALUES = 200
_HIGHEST = 2
"""How far up from the preview's string its siblings are taken: `blocks` in an article, `text` in a block."""


def strings_in(text: str) -> Iterator[str]:
    """Yield the long strings in a script or in data, the long lines, and the whole, where it is short of quotes."""
    for match in _LITERAL.finditer(text):
        found = match[1] or match[2] or match[3] or ""
        if len(found) >= SHORTEST:
            yield found
    if not _IS_CODE.search(text):
        yield text
        return
    yield from (line for line in text.split("\n") if len(line) >= SHORTEST and not _IS_CODE.search(line))


def json_in(text: str) -> Iterator[Any]:
    """Yield the JSON that a text is, or that is assigned to something in it."""
    at = 0
    for _ in range(_MOST_VALUES):
        match = _OPENS.search(text, at)
        if match is None:
            return
        try:
            value, at = _DECODER.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            at = match.start() + 1
            continue
        yield value


def bodies_in(text: str) -> Iterator[str]:
    """Yield the texts of articles in JSON-LD."""
    stack = list(json_in(text))
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            yield from (one for name in _BODIES if isinstance(one := value.get(name), str))
        stack += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


class Climb:
    """Goes up from a string that holds a part of the preview, until there is more text than that beside it."""

    def __init__(self, is_ours: Callable[[str], bool], is_enough: Callable[[str], bool]) -> None:
        self._is_ours, self._is_enough = is_ours, is_enough
        self._found: list[str] = []

    def texts(self, value: Any) -> list[str]:  # noqa: ANN401 - whatever JSON holds
        """Return the texts of the article in some JSON: each is more than the preview."""
        self._found = []
        try:
            self._height(value)
        except RecursionError:
            return []
        return self._found

    def _height(self, value: Any) -> int | None:  # noqa: ANN401
        """Return how far the preview is below; None where it isn't, or was found with more text already."""
        if isinstance(value, str):
            return self._judged(value, 0) if self._is_ours(value) else None
        children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        heights = [height for child in children if (height := self._height(child)) is not None]
        if not heights or min(heights) >= _HIGHEST:
            return None
        return self._judged("\n".join(_told(value, is_ours=True)), min(heights) + 1)

    def _judged(self, text: str, height: int) -> int | None:
        if self._is_enough(text):
            self._found.append(text)
            return None
        return height


def _told(value: Any, *, is_ours: bool = False) -> Iterator[str]:  # noqa: ANN401
    """Yield the strings in there, without those of objects that have an address or a headline of their own."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _told(one)
    elif isinstance(value, dict) and (is_ours or not _OF_ANOTHER & {str(key).lower() for key in value}):
        for one in value.values():
            yield from _told(one)
