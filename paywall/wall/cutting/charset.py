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
    "cp932": "shift_jis shift-jis sjis x-sjis windows-31j",
    "cp949": "euc-kr ks_c_5601-1987 ksc5601 korean windows-949",
    "cp874": "tis-620 iso-8859-11 windows-874",
    "cp1254": "iso-8859-9 latin5",
}
"""What browsers take a name for, where Python takes it for less."""
_BY_NAME = {name: codec for codec, names in _MEANT.items() for name in names.split()}
_OF_BROWSERS = frozenset(
    ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5hkscs", "cp932", "cp949", "euc_jp", "iso2022_jp"]
    + [f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)]
    + [f"cp{number}" for number in (866, 874, *range(1250, 1259))]
    + ["koi8-r", "koi8-u", "mac-roman", "mac-cyrillic"]
)
"""All that browsers know, as Python calls it. A page that names another, or has its reader name one, means none."""


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
    if not name or (never and name.startswith(never)):
        return None
    try:
        codec = codecs.lookup(_BY_NAME.get(name, name)).name
    except (LookupError, ValueError):
        return None
    return codec if codec in _OF_BROWSERS else None
