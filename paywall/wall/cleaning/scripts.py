"""Scripts that carry the page's state: texts in them that give the cut text away are emptied.

If that does not help, the whole script is.
"""

import json
import re
from typing import Any

from paywall.wall.cleaning.hidden import Hidden
from paywall.wall.cleaning.readings import gives_away

_LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|`(?:[^`\\]|\\.)*`', re.DOTALL)


def cleaned_script(source: str, hidden: Hidden) -> str:
    """Return the script without what gives the hidden text away; empty where that can't be taken out of it."""
    if not gives_away(source, hidden):
        return source
    cleaned = _cleaned_json(source, hidden)
    if cleaned is None:
        cleaned = _LITERAL.sub(lambda match: _cleaned_literal(match[0], hidden), source)
    return "" if gives_away(cleaned, hidden) else cleaned


def cleaned_value(value: Any, hidden: Hidden) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return a value out of JSON with its texts cut where the hidden text begins in them."""
    if isinstance(value, str):
        return cleaned_text(value, hidden)
    if isinstance(value, list):
        return [cleaned_value(one, hidden) for one in value]
    if isinstance(value, dict):
        return {cleaned_text(name, hidden): cleaned_value(one, hidden) for name, one in value.items()}
    return value


def cleaned_text(text: str, hidden: Hidden) -> str:
    """Return a text up to where the hidden text begins in it; nothing where it is there in disguise."""
    before = hidden.before(text)
    return "" if gives_away(before, hidden) else before


def in_script(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    """Return a value as JSON that can stand between script tags."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", "\\u2028")


def _cleaned_json(source: str, hidden: Hidden) -> str | None:
    """Return the script where all of it is JSON; None for any other."""
    try:
        return in_script(cleaned_value(json.loads(source, strict=False), hidden))
    except (ValueError, RecursionError):
        return None


def _cleaned_literal(literal: str, hidden: Hidden) -> str:
    quote, text = literal[0], literal[1:-1]
    return quote * 2 if gives_away(text, hidden) else literal
