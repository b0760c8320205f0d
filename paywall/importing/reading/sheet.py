"""A CSV file's records, read one after the other: whatever separates the cells, however lines end."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, TextIO

from paywall.importing.reading.refusing import FileRefused, no_header

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

LONGEST_LINE = 128 * 1024
MOST_COLUMNS = 200
_SEPARATORS = ",;\t"
_QUOTED = '"'


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of a record, and the line it begins on, counted from 1."""

    line: int
    cells: list[str]


@dataclass
class Sheet:
    """A file's header, and its records as they are asked for; to be read once, from its beginning."""

    header: Record
    _records: Iterator[Record] = field(repr=False)

    def records(self) -> Iterator[Record]:
        """Yield the records below the header but for empty lines and repeated headers; raises FileRefused."""
        return (one for one in self._records if one.cells != self.header.cells)


def open_sheet(file: BinaryIO) -> Sheet:
    """Return the sheet in a file that `look_at` has seen; raises FileRefused where it has no header."""
    text = io.TextIOWrapper(io.BufferedReader(_Kept(file)), encoding="utf-8-sig", newline="")
    records = _records(text)
    header = next(records, None)
    if header is None:
        raise no_header()
    if len(header.cells) > MOST_COLUMNS:
        raise FileRefused(f"The header has more than {MOST_COLUMNS} columns.", header.line)
    return Sheet(header, records)


def _records(text: TextIO) -> Iterator[Record]:
    lines = _Lines(text)
    first = lines.first()
    reader = csv.reader(lines, delimiter=_separator(first), strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise FileRefused(_sentence(error), line) from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield Record(line, cells)
        line = lines.count + 1


def _sentence(error: csv.Error) -> str:
    if "unexpected end" in str(error) or "field larger" in str(error):
        return "A quotation mark is opened here and never closed."
    return "Something stands behind a closing quotation mark, or a mark within a cell is not doubled."


def _separator(header: str) -> str:
    """Return what separates the cells of a header: whichever of the three is found outside quotation marks most."""
    plain = "".join(header.split(_QUOTED)[::2])
    return max(_SEPARATORS, key=plain.count)


class _Lines:
    """The lines of a text, counted, none too long."""

    def __init__(self, text: TextIO) -> None:
        self._text, self._first = text, ""
        self.count = 0

    def first(self) -> str:
        self._first = self._read()
        return self._first

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line, self._first = self._first or self._read(), ""
        if not line:
            raise StopIteration
        self.count += 1
        return line

    def _read(self) -> str:
        line = self._text.readline(LONGEST_LINE + 1)
        if len(line) > LONGEST_LINE:
            raise FileRefused("This line is longer than 128 KiB.", self.count + 1)
        if "\0" in line:
            raise FileRefused("This line holds a character that no text has (NUL).", self.count + 1)
        return line


class _Kept(io.RawIOBase):
    """A file that stays open when the text around it is let go of."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        room = memoryview(buffer)
        found = self._file.read(len(room))
        room[: len(found)] = found
        return len(found)
