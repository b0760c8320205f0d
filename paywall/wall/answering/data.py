"""Feeds and other data that hold articles: what follows the marker is cut for everybody, as such answers are shared.

In JSON the marker stands in a string, and the string ends there; in XML it stands escaped or in a CDATA section, and
what follows up to the end of that is taken out. A marker that stands anywhere else leaves nothing of the answer.
"""

import re

from paywall.wall.cutting.rules import CutRules

_END_OF_STRING = re.compile(r'(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPED = re.compile(r"&|\\u003c", re.IGNORECASE)


def cut_data(text: str, rules: CutRules, *, is_json: bool) -> str | None:
    """Return the answer without what the markers lock; None where it can't be told where that ends."""
    pieces: list[str] = []
    at = 0
    while found := rules.marker_pattern.search(text, at):
        end = _end(text, found, is_json=is_json)
        if end is None:
            return None
        pieces.append(text[at : found.start()])
        at = end
    return "".join([*pieces, text[at:]])


def _end(text: str, marker: re.Match[str], *, is_json: bool) -> int | None:
    if is_json:
        string = _END_OF_STRING.match(text, marker.end())
        return string.end() - 1 if string else None
    if _ESCAPED.match(marker[0]):
        end = text.find("<", marker.end())
        return end if end >= 0 else len(text)
    opened, closed = text.rfind("<![CDATA[", 0, marker.start()), text.rfind("]]>", 0, marker.start())
    end = text.find("]]>", marker.end())
    return end if opened > closed and end >= 0 else None
