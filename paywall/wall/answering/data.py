"""Feeds and other data that hold articles: what follows the marker is cut for everybody, as such answers are shared.

In JSON the marker stands in a string, and the string ends there; in XML it stands escaped or in a CDATA section, and
what follows up to the end of that is taken out, or among elements, and what follows in its parent is. What else repeats
the text (a second field without markup, say) is emptied.
"""

import json
import re
from html import unescape

from paywall.wall.cleaning.hidden import Hidden
from paywall.wall.cleaning.readings import gives_away, resolved
from paywall.wall.cleaning.scripts import cleaned_text, cleaned_value
from paywall.wall.cutting.rules import CutRules

_END_OF_STRING = re.compile(r'(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPED = re.compile(r"&|\\u003c", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_TOKEN = re.compile(r"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<\?.*?\?>|<(/)?[^>]*?(/)?>", re.DOTALL)
_TEXT = re.compile(r"(?<=>)[^<]+|(?<=<!\[CDATA\[).*?(?=\]\]>)", re.DOTALL)


def cut_data(text: str, rules: CutRules, media_type: str) -> str | None:
    """Return the answer without what its markers lock; None where it can't be told where that ends, or is elsewhere."""
    if media_type in ("text/plain", "text/markdown"):
        found = rules.marker_pattern.search(text)
        return text[: found.start()] if found else text
    is_json = "json" in media_type
    left, taken = _without_locked(text, rules, is_json=is_json)
    if left is None:
        return None
    hidden = Hidden(_TAG.sub(" ", resolved(unescape(taken))), "")
    if not gives_away(left, hidden):
        return left
    cleaned = _cleaned_json(left, hidden) if is_json else _cleaned_xml(left, hidden)
    return None if gives_away(cleaned, hidden) else cleaned


def _without_locked(text: str, rules: CutRules, *, is_json: bool) -> tuple[str | None, str]:
    """Return what is left of the text, and what was taken out of it."""
    left: list[str] = []
    taken: list[str] = []
    at = 0
    while found := rules.marker_pattern.search(text, at):
        end = _end_in_json(text, found) if is_json else _end_in_xml(text, found)
        if end is None:
            return None, ""
        left.append(text[at : found.start()])
        taken.append(text[found.end() : end])
        at = end
    return "".join([*left, text[at:]]), "\n".join(taken)


def _end_in_json(text: str, marker: re.Match[str]) -> int | None:
    string = _END_OF_STRING.match(text, marker.end())
    return string.end() - 1 if string else None


def _end_in_xml(text: str, marker: re.Match[str]) -> int | None:
    if _ESCAPED.match(marker[0]):
        end = text.find("<", marker.end())
        return end if end >= 0 else len(text)
    opened, closed = text.rfind("<![CDATA[", 0, marker.start()), text.rfind("]]>", 0, marker.start())
    if opened > closed:
        end = text.find("]]>", marker.end())
        return end if end >= 0 else None
    return _end_of_parent(text, marker.end())


def _end_of_parent(text: str, at: int) -> int | None:
    """Return where the element ends that holds what is at `at`."""
    depth = 0
    for token in _TOKEN.finditer(text, at):
        if token[0].startswith(("<!", "<?")) or token[2]:
            continue
        if token[1] and depth == 0:
            return token.start()
        depth += -1 if token[1] else 1
    return None


def _cleaned_json(text: str, hidden: Hidden) -> str:
    try:
        return json.dumps(cleaned_value(json.loads(text, strict=False), hidden), ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _cleaned_xml(text: str, hidden: Hidden) -> str:
    return _TEXT.sub(lambda match: cleaned_text(match[0], hidden) if gives_away(match[0], hidden) else match[0], text)
