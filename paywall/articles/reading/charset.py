"""From bytes to text: byte order mark, UTF-8, else the encoding that the page itself declares."""

import codecs
import re

from paywall.errors import BadInput

_SEARCHED = 4_096  # bytes at the beginning, where a declaration has to stand
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([a-zA-Z0-9_.:-]{2,30})""")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_MOST_DAMAGED = 0.01  # of the characters
_DAMAGE = "\ufffd"

# What the labels of the web mean to Python; a declaration names one of these or is not believed.
_CODECS = {
    "cp1252": "ascii us-ascii iso-8859-1 latin1 iso_8859-1 windows-1252 cp1252 x-cp1252",
    "gb18030": "gb2312 gbk gb18030 gb_2312-80 x-gbk chinese",
    "big5hkscs": "big5 big5-hkscs cn-big5 x-x-big5",
    "cp932": "shift_jis shift-jis sjis x-sjis ms_kanji windows-31j",
    "euc_jp": "euc-jp x-euc-jp",
    "iso2022_jp": "iso-2022-jp",
    "cp949": "euc-kr ks_c_5601-1987 ksc5601 korean windows-949 cp949",
    "koi8_r": "koi8-r koi8",
    "koi8_u": "koi8-u",
    "cp874": "tis-620 windows-874 iso-8859-11",
    "cp1254": "windows-1254 iso-8859-9 latin5",
    "cp866": "ibm866 cp866",
    **{f"cp{page}": f"windows-{page} cp{page}" for page in (1250, 1251, 1253, 1255, 1256, 1257, 1258)},
    **{f"iso8859_{part}": f"iso-8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
}
_BY_LABEL = {label: codec for codec, labels in _CODECS.items() for label in labels.split()}


def decode(data: bytes) -> str:
    """Return the text of a file; raises BadInput where no encoding explains its bytes."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _tolerant(data[len(mark) :], codec)
    declared = _declared(data)
    if declared != "iso2022_jp":  # its bytes are all ASCII, and would pass for UTF-8
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
    return _tolerant(data, declared or "utf-8")


def _declared(data: bytes) -> str | None:
    labels = (match[1].decode().lower() for match in _DECLARED.finditer(data[:_SEARCHED]))
    return next((_BY_LABEL[label] for label in labels if label in _BY_LABEL), None)


def _tolerant(data: bytes, codec: str) -> str:
    text = data.decode(codec, "replace")
    if text.count(_DAMAGE) > max(1, len(text) * _MOST_DAMAGED):
        raise BadInput("file", "its bytes are neither UTF-8 nor the encoding it declares")
    return text
