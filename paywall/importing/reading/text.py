"""The look at a file's bytes before anything is made of them: whether it is text in UTF-8, and which file it is.

The file is read in pieces, so that its size costs no memory.
"""

import codecs
import hashlib
import re
from collections.abc import Iterator
from typing import BinaryIO

from paywall.importing.reading.refusing import NoCsv, no_header, not_utf8

_PIECE = 64 * 1024
_BOM = "\ufeff".encode()
_LINE_END = re.compile(rb"\r\n|\r|\n")
_PACKED = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"%PDF", b"\xd0\xcf")
"""How archives, workbooks, and PDF files begin."""


def look_at(file: BinaryIO) -> str:
    """Return the digest (SHA-256, hexadecimal) of a CSV file and go back to its beginning; raises FileRefused."""
    file.seek(0)
    digest, decoder, line = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")(), 1
    was_return = False
    for number, piece in enumerate(_pieces(file)):
        if number == 0:
            _refuse_others(piece)
        digest.update(piece)
        try:
            decoder.decode(piece)
        except UnicodeDecodeError as error:
            raise not_utf8(line + _ends_before(piece, error)) from error
        line += len(_LINE_END.findall(piece)) - (was_return and piece.startswith(b"\n"))
        was_return = piece.endswith(b"\r")
    _refuse_cut_off(decoder, line)
    file.seek(0)
    return digest.hexdigest()


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _refuse_others(beginning: bytes) -> None:
    if beginning.startswith(_PACKED):
        raise NoCsv("This is an archive or a workbook, not a CSV file. Export the list as CSV and send that.")
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise not_utf8(1)
    if not beginning.removeprefix(_BOM).strip():
        raise no_header()


def _ends_before(piece: bytes, error: UnicodeDecodeError) -> int:
    """Count the line ends before the byte that is wrong; some bytes may have been left over from the piece before."""
    before = error.start - (len(error.object) - len(piece))
    return len(_LINE_END.findall(piece[: max(before, 0)]))


def _refuse_cut_off(decoder: codecs.IncrementalDecoder, line: int) -> None:
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise not_utf8(line) from error
