"""How the words of a mail are written, and how their blanks are filled in. Pure, and without any power.

A text is blocks with an empty line between them. A line is part of a paragraph, a fact `= Label: value`, the button
`> Words: address`, or a link `- Words: address`. `{amount}` is a blank; a line with a blank that has nothing to say in
a mail is left out of it. At the beginning of a line `{only_trial}` and `{not_trial}` are marks: the line is left out
unless that is so, or unless it is not so.

Lines are understood before anything is filled in: what a value holds never becomes a line, a link or a blank.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

Values = Mapping[str, object]
"""What blanks hold in one mail: text for people, empty where there is nothing to say; True or False for situations."""

BLANK = re.compile(r"\{([^{}]*)\}")
MARKS = re.compile(r"(?:\{(?:only|not)_[a-z_0-9]+\}\s*)+")
_MARK = re.compile(r"\{(only|not)_([a-z_0-9]+)\}")
_KINDS = {"=": "facts", ">": "button", "-": "links"}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a mail as somebody wrote them. Of several lines of the subject the first that fits is used."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is understood: its number, from 1; `paragraph`, `facts`, `button` or `links`; and what it says."""

    number: int
    kind: str
    marks: tuple[tuple[bool, str], ...]
    words: str
    value: str = ""
    """What comes after the words of a fact, a button or a link."""

    @property
    def blanks(self) -> list[str]:
        """The blanks that must say something for the line to stay."""
        return BLANK.findall(self.words) + BLANK.findall(self.value)


@dataclass(frozen=True, slots=True)
class Part:
    """A block whose blanks are filled in: kind, and pairs of words and value (one with no value for a paragraph)."""

    kind: str
    pairs: tuple[tuple[str, str], ...]


def read_subject(subject: str) -> list[Line]:
    """Return the lines of a subject."""
    return [_paragraph(number, line) for number, line in enumerate(subject.split("\n"), 1) if line.strip()]


def read_text(text: str) -> list[list[Line]]:
    """Return the blocks of a text, each with its lines."""
    numbered = enumerate(text.split("\n"), 1)
    grouped = groupby(numbered, key=lambda one: bool(one[1].strip()))
    return [[_line(number, line) for number, line in lines] for is_said, lines in grouped if is_said]


def fill_subject(lines: Sequence[Line], values: Values) -> str:
    """Return the first line of a subject that has all its blanks in this mail; empty if there is none."""
    return next((_filled(line.words, values) for line in lines if _stays(line, values)), "")


def fill_text(blocks: Sequence[Sequence[Line]], values: Values) -> list[Part]:
    """Return what is said in this mail; a blank that is not in `values` raises KeyError. The first button is it."""
    said = [part for block in blocks for part in _parts(block, values)]
    return list(_with_one_button(said))


def _line(number: int, line: str) -> Line:
    marks, rest = _without_marks(line.strip())
    kind = _KINDS.get(rest[:1], "paragraph") if rest[1:2] == " " else "paragraph"
    if kind == "paragraph":
        return Line(number, kind, marks, rest)
    words, _, value = rest[2:].partition(": ") if kind == "facts" else rest[2:].rpartition(": ")
    return Line(number, kind, marks, words.strip(), value.strip())


def _paragraph(number: int, line: str) -> Line:
    marks, rest = _without_marks(line.strip())
    return Line(number, "paragraph", marks, rest)


def _without_marks(line: str) -> tuple[tuple[tuple[bool, str], ...], str]:
    found = MARKS.match(line)
    if not found:
        return (), line
    return tuple((which == "only", name) for which, name in _MARK.findall(found[0])), line[found.end() :]


def _stays(line: Line, values: Values) -> bool:
    """Tell whether a line is said: every blank is looked at, so that a missing one is found in every mail."""
    marks = [bool(values[name]) is is_wanted for is_wanted, name in line.marks]
    return all([*marks, *(bool(values[name]) for name in line.blanks)])


def _parts(block: Sequence[Line], values: Values) -> Iterator[Part]:
    said = [line for line in block if _stays(line, values)]
    for kind, lines in groupby(said, key=lambda line: line.kind):
        pairs = [(_filled(line.words, values), _filled(line.value, values)) for line in lines]
        if kind == "paragraph":
            yield Part(kind, ((" ".join(words for words, _ in pairs), ""),))
        elif kind == "button":
            yield from (Part(kind, (pair,)) for pair in pairs)
        else:
            yield Part(kind, tuple(pairs))


def _with_one_button(parts: Iterable[Part]) -> Iterator[Part]:
    """Make links of all buttons but the first: a mail has one."""
    has_button = False
    for part in parts:
        yield Part("links", part.pairs) if part.kind == "button" and has_button else part
        has_button = has_button or part.kind == "button"


def _filled(text: str, values: Values) -> str:
    said = BLANK.sub(lambda blank: " ".join(str(values[blank[1]]).splitlines()), text)
    return re.sub(r"[ \t]+", " ", said).strip()
