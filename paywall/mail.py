"""Writing a mail: a text and an HTML version of one template, under the publisher's letterhead.

`compose` renders `templates/mail/NAME.txt` and `NAME.html` with the same values. `compose_letter` needs only
`NAME.letter`, from which both versions are made, so that the text says all that the HTML does. Nothing here needs a web
request, so workers and commands write the same mails as pages do. `paywall.outbox` keeps them, `paywall.mailer` sends
them.

A letter is blocks with an empty line between them: paragraphs; facts, each on a line, `= Label: value`; one button,
`> Words: address`; links that are less than a button, `- Words: address`.
"""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from paywall.installation import folder
from paywall.outbox import Mail

TEXT_COLUMNS = 76
"""Addresses alone may be longer: a broken one is of no use."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: the publisher's name, its address for answers (may be empty), its site and its colour."""

    name: str
    address: str
    site_url: str
    """Scheme and host without a slash at the end: every link in a mail begins with it."""
    accent: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says: its subject, and what its template speaks of, in words for people."""

    subject: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a letter: a `paragraph`, `facts`, the `button` or `links`; the last three hold pairs of words."""

    kind: str
    text: str
    pairs: tuple[tuple[str, str], ...] = ()


_KINDS = {"=": "facts", ">": "button", "-": "links"}


def compose(template: str, letterhead: Letterhead, recipient: str, subject: str, **values: object) -> Mail:
    """Return the mail that `template` makes of `values`; a value that it needs and doesn't get raises UndefinedError.

    `values` are shown to people: money and dates come in as text.
    """
    everything = {"letterhead": letterhead, "subject": subject, **values}
    text, html = (_environment().get_template(f"mail/{template}.{kind}").render(everything) for kind in ("txt", "html"))
    return Mail(recipient=recipient, subject=subject, text=text.strip() + "\n", html=html)


def compose_letter(
    template: str, letterhead: Letterhead, recipient: str, letter: Letter, unsubscribe_url: str | None = None
) -> Mail:
    """Return the mail that the `template` makes of a letter; raises UndefinedError as `compose` does.

    `unsubscribe_url` is where this kind can be switched off, said at its end.
    """
    written = _environment().get_template(f"mail/{template}.letter").render(letter.values, letterhead=letterhead)
    blocks = [*read_blocks(written), *([_switch(unsubscribe_url)] if unsubscribe_url else [])]
    mail = compose("blocks", letterhead, recipient, letter.subject, blocks=blocks)
    return replace(mail, unsubscribe_url=unsubscribe_url)


def read_blocks(written: str) -> list[Block]:
    """Return the blocks of a rendered letter, in their order."""
    return [_block(one.strip()) for one in re.split(r"\n\s*\n", written) if one.strip()]


def _block(text: str) -> Block:
    kind = _KINDS.get(text[0], "paragraph") if text[1:2] == " " else "paragraph"
    if kind == "paragraph":
        return Block(kind, " ".join(text.split()))
    return Block(kind, "", tuple(_pair(line) for line in text.splitlines()))


def _switch(address: str) -> Block:
    return Block("links", "", (("No more mails of this kind", address),))


def _pair(line: str) -> tuple[str, str]:
    words, _, value = line[2:].partition(": ")
    return words.strip(), value.strip()


def _wrapped(text: str) -> str:
    return textwrap.fill(text, TEXT_COLUMNS, break_long_words=False, break_on_hyphens=False)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder("templates")),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["wrapped"] = _wrapped
    return environment
