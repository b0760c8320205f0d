"""From a page's bytes to its text: by its byte order mark, by what its answer or the page says, by trying."""

import codecs
import re

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SEARCHED = 4_096
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([a-zA-Z0-9_.:-]{2,30})""", re.IGNORECASE)
_MEANT = {
    "cp1252": "ascii us-ascii iso-8859-1 latin1 iso_8859-1 l1 x-cp1252",
    "gb18030": "gb2312 gbk gb_2312-80 x-gbk",
    "big5hkscs": "big5 x-x-big5",
    "cp932": "shift_jis shift-jis sjis x-sjis",
    "cp949": "euc-kr ks_c_5601-1987 ksc5601 korean",
    "cp874": "tis-620 iso-8859-11",
    "cp1254": "iso-8859-9 latin5",
}
"""What browsers take a name for, where Python takes it for less."""
_BY_NAME = {name: codec for codec, names in _MEANT.items() for name in names.split()}


_NEVER = {"idna", "punycode", "raw_unicode_escape", "unicode_escape", "utf-7", "utf7", "undefined", "mbcs", "oem"}


def text_of(body: bytes, content_type: str) -> str:
    """Return the text of a page as a browser would read it; bytes that mean nothing become U+FFFD."""
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    named = _codec(content_type.encode("latin-1", "ignore")) or _codec(body[:_SEARCHED], never="utf-16")
    if named:
        return body.decode(named, "replace")
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _codec(said: bytes, never: str = "") -> str | None:
    """Return Python's name for the charset that is named there; None for what browsers would not believe."""
    found = _DECLARED.search(said)
    name = found[1].decode().lower() if found else ""
    if not name or name in _NEVER or (never and name.startswith(never)):
        return None
    try:
        return codecs.lookup(_BY_NAME.get(name, name)).name
    except (LookupError, ValueError):
        return None
