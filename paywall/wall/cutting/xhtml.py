"""Pages in XML, where any element may end itself: spelled out, as a reader of HTML takes such an element for open."""

import re

_ROOT = re.compile(r"<html\b[^<>]*http://www\.w3\.org/1999/xhtml")
_SEARCHED = 4_096
_ENDS_ITSELF = re.compile(r"""<([A-Za-z][\w:.-]*)((?:[^<>"']|"[^"<]*"|'[^'<]*')*?)/>""")
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)


def is_xhtml(text: str, media_type: str) -> bool:
    """Tell whether an answer of XML is a page, by what is said of it or by its root."""
    return media_type == "application/xhtml+xml" or ("xml" in media_type and bool(_ROOT.search(text, 0, _SEARCHED)))


def spelled_out(text: str) -> str:
    """Return a page in XML with an end for each element that has none in HTML: `<script src="a.js"></script>`."""
    return _ENDS_ITSELF.sub(_with_end, text)


def _with_end(found: re.Match[str]) -> str:
    name, said = found.groups()
    return found[0] if name in _VOID else f"<{name}{said}></{name}>"
