"""Traces of a text in what was sent: raw, encoded, packed, turned round, between tags, or only a part of it.

`decoded` unwraps what was sent into everything it may be read as; `Sought` knows a text by its letters and finds runs
of them in there, so that case, spaces, punctuation, accents and soft hyphens never hide it.
"""

import codecs
import re
import zlib
from base64 import b64decode
from binascii import unhexlify
from collections.abc import Iterator
from html import unescape
from unicodedata import normalize
from urllib.parse import unquote

DEEPEST = 3
"""How many wrappings are taken off."""
RUN = 24
"""So many letters in a row give a text away: four or five words."""
RUN_OF_FEW = 9
"""The same for Chinese and Japanese, which say much in a few letters."""
_MOST_INFLATED = 8 * 1024 * 1024
_MOST_ESCAPED = 3
_LOOKED_AT = 256
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-7]{3})|(.))", re.DOTALL)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{32,}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){24,}")
_CODE = r"(?:0x[0-9A-Fa-f]{1,4}|[0-9]{1,5})"
_CODES = re.compile(rf"{_CODE}(?:[\s,;|]+{_CODE}){{23,}}")
_ONE_CODE = re.compile(_CODE)
_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_NOT_LETTERS = re.compile(r"[\W_]+")
_NOT_ASCII_LETTERS = bytes(code for code in range(128) if not chr(code).isalnum())
_UNPRINTED = bytes({*range(1, 32)} - {9, 10, 13})
"""Where many of these are, there is no text: most of what looks like base64 is a picture or a key."""
_URL_SAFE = str.maketrans("-_", "+/")
_DOTLESS = "\u0131"
_HAN_OR_KANA = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_MOST_CODEPOINT = 0x10FFFF


def letters(text: str) -> str:
    """Return the letters and digits of a text, small and without accents."""
    text = text.casefold()
    if text.isascii():
        return text.encode().translate(None, _NOT_ASCII_LETTERS).decode()
    return _NOT_LETTERS.sub("", normalize("NFKD", text)).replace(_DOTLESS, "i")


def forms_of(text: str) -> tuple[str, ...]:
    """Return the letters of a text as it is, turned round, moved by thirteen letters, and by one either way."""
    plain = letters(text)
    moved = ("".join(chr(ord(letter) + by) for letter in text if ord(letter) + by) for by in (1, -1))
    return (plain, plain[::-1], codecs.encode(plain, "rot13"), *map(letters, moved))


def is_in(text: str, blob: str | bytes) -> bool:
    """Tell whether the text, or a run of its letters, is in there in any reading."""
    sought = Sought(text)
    return any(sought.runs_in(reading) for reading in decoded(blob))


def run_of(text: str) -> int:
    """Return how many letters in a row of this text give it away."""
    return RUN_OF_FEW if 4 * len(_HAN_OR_KANA.findall(text)) > len(text) else RUN


class Sought:
    """A text to look for. Safe to share between threads."""

    def __init__(self, text: str, shown: str = "", run: int = RUN) -> None:
        """`shown` is what everybody may read: a run of letters that is in there too gives nothing away."""
        self._forms = forms_of(text)
        self.letters = self._forms[0]
        self._run = min(run_of(text) if run_of(text) < RUN else run, len(self.letters))
        self._size = max(1, (self._run + 1) // 2)
        self._shown = letters(shown)
        self._places: dict[str, list[tuple[str, int]]] = {}
        for form in dict.fromkeys(self._forms):
            for at in range(len(form) - self._size + 1):
                self._places.setdefault(form[at : at + self._size], []).append((form, at))

    def runs_in(self, reading: str) -> list[tuple[int, int]]:
        """Return what of the text is in this reading, as spans of `letters`."""
        found, at, runs = letters(reading), 0, []
        while at + self._size <= len(found):
            run = self._longest_around(found, at)
            if run is None:
                at += self._size
                continue
            form, start, end, at = run
            runs.append(self._in_order(form, start, end))
        return runs

    def _longest_around(self, found: str, at: int) -> tuple[str, int, int, int] | None:
        """Return the longest run around a piece: the form, the span in it, and where it ends in `found`."""
        best: tuple[str, int, int, int] | None = None
        for form, place in self._places.get(found[at : at + self._size], ()):
            before, after = _same_before(found, at, form, place), _same_after(found, at, form, place)
            is_longer = best is None or before + after > best[2] - best[1]
            if before + after >= self._run and is_longer and found[at - before : at + after] not in self._shown:
                best = (form, place - before, place + after, at + after)
        return best

    def _in_order(self, form: str, start: int, end: int) -> tuple[int, int]:
        if form == self._forms[1] != self.letters:
            return len(form) - end, len(form) - start
        scale = len(self.letters) / len(form)  # moved by one, a few letters become other signs
        return round(start * scale), round(end * scale)


def decoded(blob: str | bytes, depth: int = DEEPEST) -> Iterator[str]:
    """Yield everything that may be read in there: as it stands, unescaped, without tags, and what is packed in it."""
    text = blob if isinstance(blob, str) else (inflated(blob) or blob).decode("utf-8", "replace")
    yield text
    plain = resolved(text)
    if plain != text:
        yield plain
    if "<" in plain:
        yield _TAG.sub("", plain)
    if depth:
        for inner in dict.fromkeys(_unpacked(plain)):
            yield from decoded(inner, depth - 1)


def resolved(text: str) -> str:
    """Return a text with the escapes of scripts, addresses and HTML resolved, also those of escapes."""
    for _ in range(_MOST_ESCAPED):
        plain = _ESCAPE.sub(_character, text) if "\\" in text else text
        plain = unquote(plain, errors="ignore") if "%" in plain else plain
        plain = unescape(plain) if "&" in plain else plain
        if plain == text:
            break
        text = plain
    return text


def _character(match: re.Match[str]) -> str:
    octal, plain = match[4], match[5]
    if octal:
        return chr(int(octal, 8))
    if plain:
        return " " if plain in "nrtbfv" else plain
    code = int(match[1] or match[2] or match[3], 16)
    return chr(code) if code <= _MOST_CODEPOINT else ""


def _unpacked(text: str) -> Iterator[str]:
    for word in _BASE64.findall(text):
        for spelling in (word, word[::-1], codecs.encode(word, "rot13")):
            for start in range(4):  # letters that do not belong may stand before it
                yield from _texts(_from_base64(spelling[start:]))
    for word in _HEX.findall(text):
        yield from _texts(unhexlify(word))
    for codes in _CODES.findall(text):
        yield "".join(chr(int(code, 0) if code.startswith("0x") else int(code)) for code in _ONE_CODE.findall(codes))


def _from_base64(word: str) -> bytes:
    word = word.translate(_URL_SAFE)
    whole = len(word) - (len(word) % 4 == 1)
    return b64decode(word[:whole] + "==")


def _texts(data: bytes) -> Iterator[str]:
    data = inflated(data) or data
    beginning = data[:_LOOKED_AT]
    if beginning and 20 * len(beginning.translate(None, _UNPRINTED)) > 19 * len(beginning):
        yield data.decode("utf-8", "ignore")


def inflated(data: bytes) -> bytes:
    """Return what was packed with gzip or zlib, as far as it can be unpacked."""
    if data[:2] != b"\x1f\x8b" and data[:1] != b"\x78":
        return b""
    try:
        return zlib.decompressobj(47).decompress(data, _MOST_INFLATED)
    except zlib.error:
        return b""


def _same_before(found: str, at: int, form: str, place: int) -> int:
    most, same = min(at, place), 0
    while same < most and found[at - same - 1] == form[place - same - 1]:
        same += 1
    return same


def _same_after(found: str, at: int, form: str, place: int) -> int:
    most, same = min(len(found) - at, len(form) - place), 0
    while same < most and found[at + same] == form[place + same]:
        same += 1
    return same
