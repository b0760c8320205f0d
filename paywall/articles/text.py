"""Plain text on its way in: one normal form, nothing invisible that could deceive."""

import re
import unicodedata

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_DECEIVING = re.compile("[\u00ad\u200b\u2028-\u202e\u2060-\u2069\ufeff]")


def printable(raw: str) -> str:
    """Return `raw` without control characters, lone surrogates and noncharacters."""
    return _UNPRINTABLE.sub("", raw)


def clean_text(raw: str) -> str:
    """Return `raw` printable and in Unicode's NFC. Not for HTML: NFC may join a `>` with a mark that follows it."""
    return unicodedata.normalize("NFC", printable(raw))


def clean_line(raw: str) -> str:
    """Return `raw` as one line: clean, single spaces, no bidi overrides and nothing of no width."""
    return " ".join(clean_text(_DECEIVING.sub("", raw)).split())
