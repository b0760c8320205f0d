"""A text in every way it may be meant: as it stands, with its escapes resolved, and with what is packed in it unpacked.

Letters turned round or moved by thirteen places are not read here: `Hidden` knows the text it looks for in those forms.
"""

import re
import zlib
from base64 import b64decode
from binascii import unhexlify
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote

from paywall.wall.cleaning.hidden import Hidden
from paywall.wall.cleaning.letters import letters

DEEPEST = 2
"""How many wrappings are taken off."""
_SHORTEST_PACKED = 32
_MOST_UNPACKED = 4 * 1024 * 1024
_UNPACKED_AT_LEAST, _UNPACKED_OF_EACH = 64 * 1024, 30
"""So many bytes of any text, and so many more of each of its characters: no state of a page packs so well."""
_ESCAPE = re.compile(r"\\(?:u\{?([0-9a-fA-F]{4,6})\}?|x([0-9a-fA-F]{2})|([0-7]{3})|(.))", re.DOTALL)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{32,}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){24,}")
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_URL_SAFE = str.maketrans("-_", "+/")
_MOST_CODEPOINT = 0x10FFFF
_MOST_ESCAPED = 3
_LOOKED_AT = 256
_UNPRINTED = bytes({*range(1, 32)} - {9, 10, 13})
"""Where many of these are, there is no text: most of what looks like base64 is a picture or a key."""


class Room:
    """How much may be unpacked of one text: anybody's comment on an article may hold what unpacks without end."""

    def __init__(self, text: str) -> None:
        self.left = _UNPACKED_AT_LEAST + _UNPACKED_OF_EACH * len(text)

    def take(self, unpacked: bytes) -> bytes:
        """Return what was unpacked, and count it; nothing where that is more than there is room for."""
        self.left -= len(unpacked)
        return unpacked if self.left >= 0 else b""


def gives_away(text: str, hidden: Hidden, depth: int = DEEPEST, room: Room | None = None) -> bool:
    """Tell whether the hidden text is in `text`, in any of its readings.

    What unpacks to more than can be read is taken for the hidden text.
    """
    room = room or Room(text)
    if hidden.is_in(text):
        return True
    plain = resolved(text)
    if plain != text and hidden.is_in(plain):
        return True
    if "<" in plain and hidden.is_within(letters(_TAG.sub("", plain))):
        return True
    return (
        depth > 0
        and len(plain) >= _SHORTEST_PACKED
        and (any(gives_away(inner, hidden, depth - 1, room) for inner in _unpacked(plain, room)) or room.left < 0)
    )


def resolved(text: str) -> str:
    """Return `text` with the escapes of scripts, addresses and HTML resolved, also where these are escaped."""
    for _ in range(_MOST_ESCAPED):
        plain = _once_resolved(text)
        if plain == text:
            break
        text = plain
    return text


def _once_resolved(text: str) -> str:
    if "\\" in text:
        text = _ESCAPE.sub(_character, text)
    if "%" in text:
        text = unquote(text, errors="ignore")
    return unescape(text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    wide, narrow, octal, plain = match.groups()
    if octal:
        return chr(int(octal, 8))
    if plain:
        return " " if plain in "nrtbfv" else plain
    code = int(wide or narrow, 16)
    return chr(code) if code <= _MOST_CODEPOINT else ""


def _unpacked(text: str, room: Room) -> Iterator[str]:
    for match in _BASE64.findall(text):
        for start in range(4):  # letters that do not belong may stand before it
            yield from _texts(_from_base64(match[start:]), room)
    for match in _HEX.findall(text):
        yield from _texts(unhexlify(match), room)


def _from_base64(word: str) -> bytes:
    word = word.translate(_URL_SAFE)
    whole = len(word) - (len(word) % 4 == 1)
    return b64decode(word[:whole] + "==")


def _texts(data: bytes, room: Room) -> Iterator[str]:
    data = (room.take(_inflated(data, room.left + 1)) if room.left >= 0 else b"") or data
    beginning = data[:_LOOKED_AT]
    if 20 * len(beginning.translate(None, _UNPRINTED)) > 19 * len(beginning):
        yield data.decode("utf-8", "ignore")


def _inflated(data: bytes, most: int) -> bytes:
    """Return what was packed with gzip or zlib, as far as it can be unpacked, so many bytes at most."""
    if data[:2] != b"\x1f\x8b" and data[:1] != b"\x78":
        return b""
    try:
        return zlib.decompressobj(47).decompress(data, min(most, _MOST_UNPACKED))
    except zlib.error:
        return b""
