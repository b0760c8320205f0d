"""Finds a sentence in what was sent, also where it is hidden: encoded, packed, turned round, cut into pieces."""

import binascii
import codecs
import gzip
import html
import re
import zlib
from base64 import b64decode
from collections.abc import Iterable, Iterator
from urllib.parse import unquote_plus

PIECE = 24
"""Letters in a row that give a sentence away."""
DEPTH = 2
"""How many wrappings are taken off."""
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){24,}")
_TAG = re.compile(r"<[^>]*>")
_NOT_A_LETTER = re.compile(r"[\W_]+")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")


class Detector:
    """Knows sentences by their names; what was looked at once is remembered."""

    def __init__(self, sentences: dict[str, str], shown: str = "") -> None:
        """`shown` is what may be seen anyway: a phrase that a sentence shares with it gives nothing away."""
        known = _letters(shown)
        self._pieces = {
            name: [piece for piece in _pieces(sentence) if piece not in known] for name, sentence in sentences.items()
        }
        self._seen: dict[bytes, frozenset[str]] = {}

    def found_in(self, data: bytes) -> frozenset[str]:
        """Return the names of the sentences of which a piece is in there."""
        found = self._seen.get(data)
        if found is None:
            found = self._seen[data] = frozenset(self._look(data))
        return found

    def _look(self, data: bytes) -> Iterator[str]:
        letters = [_letters(reading) for reading in readings(data)]
        for name, pieces in self._pieces.items():
            if any(piece in text for text in letters for piece in pieces):
                yield name


def readings(data: bytes, depth: int = DEPTH) -> Iterator[str]:
    """Yield the text as it is and in every way it can be unwrapped."""
    text = data.decode("utf-8", "replace")
    yield text
    yield _TAG.sub("", html.unescape(text))
    if depth:
        for inner in {*_unwrapped(text), *_unpacked(data)} - {data}:
            yield from readings(inner, depth - 1)


def _unwrapped(text: str) -> Iterable[bytes]:
    """Return the text as other alphabets would write it."""
    ways = (html.unescape(text), unquote_plus(text), _unescaped(text), codecs.encode(text, "rot13"), text[::-1])
    return (way.encode("utf-8", "replace") for way in ways)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), text)


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Yield what is packed or encoded anywhere in the data."""
    yield from _inflated(data)
    for match in _BASE64.findall(data):
        for start in range(2):  # a letter that does not belong may stand before it
            yield from _with_inflated(_from_base64(match[start:]))
    for match in _HEX.findall(data):
        yield from _with_inflated(binascii.unhexlify(match))


def _with_inflated(data: bytes) -> Iterator[bytes]:
    yield data
    yield from _inflated(data)


def _from_base64(word: bytes) -> bytes:
    plain = word.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    return b64decode(plain[: len(plain) - (len(plain) % 4 == 1)] + b"==")


def _inflated(data: bytes) -> Iterator[bytes]:
    if data[:2] == b"\x1f\x8b":
        try:
            yield gzip.decompress(data)
        except (OSError, EOFError, zlib.error):
            return
    elif data[:1] == b"\x78":
        try:
            yield zlib.decompress(data)
        except zlib.error:
            return


def _pieces(sentence: str) -> list[str]:
    letters = _letters(sentence)
    return [letters[at : at + PIECE] for at in range(0, max(1, len(letters) - PIECE + 1), PIECE)]


def _letters(text: str) -> str:
    return _NOT_A_LETTER.sub("", text.casefold())
