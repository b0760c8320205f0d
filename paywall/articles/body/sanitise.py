"""HTML on its way in: only what an allow-list names is kept, and every article ends in the same plain shape.

First the dangerous goes (nh3), then the rest is brought into paragraphs (`blocks.py`), then nh3 has the last word.
"""

import re
from urllib.parse import urlsplit

import nh3

from paywall.articles.body.blocks import into_blocks
from paywall.articles.body.markup import plain_text
from paywall.articles.body.tangles import names, refuse_tangles
from paywall.articles.text import clean_line, printable

_KEPT = names(
    "p h2 h3 h4 blockquote ul ol li dl dt dd a abbr b cite code del em i ins kbd mark q s samp small strong sub sup "
    "time u var figure figcaption img table caption thead tbody tfoot tr th td pre hr br"
)
_TAKEN_APART = names("h1 h5 h6 div section article main header footer center address details summary form")
_DROPPED_WITH_CONTENT = names(
    "script style title template noscript iframe object svg math button select textarea audio video canvas nav aside"
)
_ATTRIBUTES = {
    "a": {"href"},
    "abbr": {"title"},
    "time": {"datetime"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
}
_CLASSES = {"td": {"right", "center"}, "th": {"right", "center"}}
_NUMBER = re.compile(r"\d{1,5}")
_NUMBERS = {"width", "height", "colspan", "rowspan", "start"}


def clean_html(raw: str, base: str | None = None) -> str:
    """Return the safe, plain form of `raw`; relative addresses are resolved against `base`, or dropped without one.

    Cleaning twice changes nothing. Raises BadInput for HTML nested or tangled beyond reason.
    """
    source = printable(raw)
    refuse_tangles(source)
    first = _cleaner(_KEPT | _TAKEN_APART, base) if base and _is_web_address(base) else _WITHOUT_BASE
    return _LAST_WORD.clean(into_blocks(first.clean(source)))


def line_of(raw: str) -> str:
    """Return the text of an HTML snippet (a feed's title, say) as one clean line."""
    source = printable(raw)
    refuse_tangles(source)
    return clean_line(plain_text(_TEXT_ONLY.clean(source)))


def _allowed_value(tag: str, name: str, value: str) -> str | None:
    if name in _NUMBERS:
        return value if _NUMBER.fullmatch(value) else None
    if tag == "img" and name == "src" and value.lower().startswith("mailto:"):
        return None
    return clean_line(value) if name in {"alt", "title"} else value


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _cleaner(tags: frozenset[str], base: str | None = None) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(tags),
        clean_content_tags=set(_DROPPED_WITH_CONTENT),
        attributes={tag: set(listed) for tag, listed in _ATTRIBUTES.items() if tag in tags},
        attribute_filter=_allowed_value,
        allowed_classes={tag: set(listed) for tag, listed in _CLASSES.items() if tag in tags},
        url_schemes={"http", "https", "mailto"},
        url_relative=("rewrite_with_base", base) if base else "deny",
        link_rel="noopener",
    )


_WITHOUT_BASE = _cleaner(_KEPT | _TAKEN_APART)
_LAST_WORD = _cleaner(_KEPT)
_TEXT_ONLY = _cleaner(frozenset({"br"}))
