"""Taking the packing off what a site has sent, never to more than is wanted: a small answer may unpack without end."""

import zlib

_MOST_LAYERS = 3
_MOST_MEMBERS = 100
_NAMES = frozenset({"gzip", "x-gzip", "deflate"})


class BadPacking(Exception):
    """What was sent is not packed as it says."""


def unpacked(body: bytes, packing: str, most: int) -> tuple[bytes, bool]:
    """Return what is packed in there, `most` bytes of it at most, and whether that is all.

    `packing` is the Content-Encoding; what was packed in ways that nobody asked for stays as it is. Raises BadPacking.
    """
    names = [name.strip().lower() for name in packing.split(",")]
    layers = [name for name in names if name not in ("", "identity")]
    is_whole = True
    if len(layers) > _MOST_LAYERS or not _NAMES.issuperset(layers):
        return body, not layers
    for _ in layers:
        body, is_all = _inflated(body, most)
        is_whole = is_whole and is_all
    return body, is_whole


def _inflated(body: bytes, most: int) -> tuple[bytes, bool]:
    for window in (47, -zlib.MAX_WBITS):  # gzip or zlib, whichever it is; else without a head
        try:
            return _members(body, window, most)
        except zlib.error:
            continue
    raise BadPacking


def _members(body: bytes, window: int, most: int) -> tuple[bytes, bool]:
    """Return what is in all parts: gzip may be several, one behind the other. What follows and is none is left out."""
    found = bytearray()
    for number in range(_MOST_MEMBERS):
        inflater = zlib.decompressobj(window)
        try:
            found += inflater.decompress(body, most - len(found))
        except zlib.error:
            if number == 0:
                raise
            return bytes(found), True
        body = inflater.unused_data
        if inflater.unconsumed_tail or len(found) >= most:
            return bytes(found), False
        if not body:
            return bytes(found), True
    return bytes(found), False
