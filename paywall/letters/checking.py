"""Whether words can become a mail of a kind: known blanks, lines that can be read, nothing missing that is needed.

What is refused is said of the field and the line, for whoever typed it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from itertools import product

from paywall.errors import BadInput
from paywall.letters.kinds import Kind
from paywall.letters.rules import BLANK, MARKS, Line, Words, read_subject, read_text

LONGEST_SUBJECT, LONGEST_TEXT = 150, 4_000
"""Characters."""

_INVISIBLE = frozenset("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{SOFT HYPHEN}\N{ZERO WIDTH JOINER}")
"""What may stand in a text beside characters that print."""
_ADDRESS = re.compile(r"https://[^\s{}<>\"'\\]+")
_EXAMPLES = {"facts": "= Paid: {amount}", "button": "> Your account: {account_url}", "links": "- Help: https://…"}


def tidy(words: Words) -> Words:
    """Return words as they are kept: line breaks as one character, no spaces at the ends of lines."""
    text = "\n".join(line.rstrip() for line in _one_break(words.text).split("\n"))
    return Words(_one_break(words.subject).strip(), text.rstrip())


def checked(kind: Kind, words: Words) -> Words:
    """Return a publisher's own words as they are kept; raises BadInput naming `subject` or `text`."""
    kept = tidy(words)
    if "\n" in kept.subject:
        raise BadInput("subject", "A subject is one line: take the line break out.")
    _check_length("subject", kept.subject, LONGEST_SUBJECT)
    _check_length("text", kept.text, LONGEST_TEXT)
    if MARKS.match(kept.subject):
        raise BadInput(
            "subject", "A subject has no marks such as {only_trial}; where it can't be filled in, ours is used."
        )
    check(kind, kept)
    return kept


def check(kind: Kind, words: Words) -> None:
    """Raise BadInput where words can't become a mail of that kind, ours or a publisher's."""
    for line in read_subject(words.subject):
        _check_subject(kind, line)
    blocks = read_text(words.text)
    lines = [line for block in blocks for line in block]
    for line in lines:
        _check_line(kind, line)
    _check_presence(kind, lines)


def _one_break(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")


def _check_length(field: str, text: str, longest: int) -> None:
    if not text.strip():
        raise BadInput(field, "This is empty. Write something, or go back to our words.")
    if len(text) > longest:
        raise BadInput(field, f"This has {len(text):,} characters; at most {longest:,} are taken.")


def _check_subject(kind: Kind, line: Line) -> None:
    refuse = _refusing("subject", None)
    _check_characters(line, refuse)
    for name in line.blanks:
        if name.endswith("_url"):
            refuse(f"{{{name}}} is an address, which no subject can hold.")
        _check_known(name, kind.blanks, refuse)
    _check_marks(kind, line, refuse)


def _check_line(kind: Kind, line: Line) -> None:
    refuse = _refusing("text", line.number)
    _check_characters(line, refuse)
    _check_marks(kind, line, refuse)
    for name in BLANK.findall(line.words) + (BLANK.findall(line.value) if line.kind == "facts" else []):
        if name.endswith("_url") and name in kind.blanks:
            refuse(f"{{{name}}} is an address: give it a line of its own, such as “> Words: {{{name}}}”.")
        _check_known(name, kind.blanks, refuse)
    if line.kind != "paragraph" and not (line.words and line.value):
        refuse(f"This line can't be read; write it as “{_EXAMPLES[line.kind]}”.")
    if line.kind in ("button", "links"):
        _check_address(kind, line.value, refuse)
    if not (line.words or line.value):
        refuse("There is nothing after the mark.")


def _check_characters(line: Line, refuse: Callable[[str], None]) -> None:
    said = line.words + line.value
    if not all(one.isprintable() or one in _INVISIBLE for one in said):
        refuse("This holds a character that can't be printed. Write it again.")
    if any(brace in BLANK.sub("", said) for brace in "{}"):
        refuse("A brace stands alone. A blank is written as {newspaper}, with both.")


def _check_marks(kind: Kind, line: Line, refuse: Callable[[str], None]) -> None:
    for is_wanted, name in line.marks:
        if name not in kind.marks:
            refuse(f"This kind of mail has no mark {{{'only' if is_wanted else 'not'}_{name}}}.")


def _check_known(name: str, known: Sequence[str], refuse: Callable[[str], None]) -> None:
    if name in known:
        return
    if name.startswith(("only_", "not_")):
        refuse(f"{{{name}}} is a mark, and stands at the beginning of a line.")
    near = get_close_matches(name[:40], known, 1)
    refuse(f"This kind of mail has no blank {{{name[:40]}}}{f'; is it {{{near[0]}}}?' if near else '.'}")


def _check_address(kind: Kind, address: str, refuse: Callable[[str], None]) -> None:
    blank = BLANK.fullmatch(address)
    if blank:
        _check_known(blank[1], [name for name in kind.blanks if name.endswith("_url")], refuse)
    elif not _ADDRESS.fullmatch(address):
        refuse("After the colon comes one blank that is an address, or an address that begins with https://.")


def _check_presence(kind: Kind, lines: Sequence[Line]) -> None:
    """Raise unless something is said in every mail, and each thing that is needed wherever it says something."""
    if not _is_in_every_mail(kind, lines, ""):
        raise BadInput("text", "In some mails every line would be left out: write one without marks.")
    for need in kind.needs:
        having = [line for line in lines if need in line.blanks]
        if not having:
            raise BadInput("text", f"{{{need}}} is missing, and this mail can't be without it. {_suggestion(need)}")
        if not _is_in_every_mail(kind, having, need):
            sentence = f"{{{need}}} must be in every mail of this kind, and this line is left out of some."
            _refusing("text", having[0].number)(f"{sentence} {_suggestion(need)}")


def _suggestion(need: str) -> str:
    example = f"- Words: {{{need}}}" if need.endswith("_url") else f"= Words: {{{need}}}"
    return f"Write a line such as “{example}”."


def _is_in_every_mail(kind: Kind, lines: Sequence[Line], need: str) -> bool:
    """Tell whether, however things stand, one of the lines is said; `need` itself says something."""
    return all(any(_is_said(line, facts, need) for line in lines) for facts in _standings(kind, lines))


def _standings(kind: Kind, lines: Iterable[Line]) -> Iterator[dict[str, bool]]:
    """Yield every way in which what the lines depend on may stand."""
    asked = {name for line in lines for name in (*line.blanks, *(name for _, name in line.marks))}
    names = [name for name in kind.marks if name in asked]
    for standing in product((True, False), repeat=len(names)):
        yield dict(zip(names, standing, strict=True))


def _is_said(line: Line, facts: dict[str, bool], need: str) -> bool:
    standing = {**facts, need: True}
    marks = all(standing[name] is is_wanted for is_wanted, name in line.marks)
    return marks and all(standing.get(name, True) for name in line.blanks)


def _refusing(field: str, number: int | None) -> Callable[[str], None]:
    def refuse(sentence: str) -> None:
        raise BadInput(field, f"Line {number}: {sentence}" if number else sentence)

    return refuse
