"""Taking the packing off what a site has sent, never to more than is wanted: a small answer may unpack without end."""

import zlib

_MOST_LAYERS = 3
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
        inflater = zlib.decompressobj(window)
        try:
            return inflater.decompress(body, most), not inflater.unconsumed_tail
        except zlib.error:
            continue
    raise BadPacking
