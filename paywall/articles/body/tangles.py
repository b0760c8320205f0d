"""HTML that is small to write and endless to read: refused before a parser meets it.

A parser's work grows with the square of the depth, and each formatting element left open is opened again in every
later paragraph. Both are counted here from the tags alone, in one pass.
"""

import re
from collections import Counter

from paywall.errors import BadInput

DEEPEST = 1_000
MOST_REOPENED = 2_000_000
_TAG = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1|<(/?)([a-zA-Z][^\s/>]*)[^<>]*", re.DOTALL | re.IGNORECASE)


def names(listed: str) -> frozenset[str]:
    """Return the elements named in a line of their names."""
    return frozenset(listed.split())


_FORMATTING = names("a b big code em font i nobr s small strike strong tt u")
_NEVER_DEEP = names(
    "p li dt dd td th tr tbody thead tfoot option optgroup rp rt br hr img input link meta area base col embed param "
    "source track wbr html head body"
)


def refuse_tangles(html: str) -> None:
    """Raise BadInput for HTML nested or tangled beyond reason."""
    open_tags: Counter[str] = Counter()
    depth = formatting = most_formatting = tags = 0
    for match in _TAG.finditer(html):
        name = (match[3] or "").lower()
        if not name or name in _NEVER_DEEP:
            tags += 1
            continue
        tags += 1
        step = 1 if not match[2] else -1
        if step < 0 and not open_tags[name]:
            continue
        open_tags[name] += step
        depth += step
        formatting += step * (name in _FORMATTING)
        most_formatting = max(most_formatting, formatting)
        if depth > DEEPEST:
            raise BadInput("body", f"its elements are nested more than {DEEPEST} deep")
    if most_formatting * tags > MOST_REOPENED:
        raise BadInput("body", "too many formatting elements are left open")
