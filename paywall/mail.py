"""Laying out a mail: a text and an HTML version of one letter, under the publisher's letterhead.

What a letter says is `paywall.letters`' business; here its blocks become a mail, so that the text says all that the
HTML does. Nothing here needs a web request, so workers and commands write the same mails as pages do. `paywall.outbox`
keeps them, `paywall.mailer` sends them.
"""

import textwrap
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from paywall.installation import folder
from paywall.outbox import Mail

TEXT_COLUMNS = 76
"""Addresses alone may be longer: a broken one is of no use."""

_SWITCH = {
    "en": "No more mails of this kind",
    "az": "Bu cür məktublar daha göndərilməsin",
    "ru": "Больше не присылать таких писем",
}


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: the publisher's name, its address for answers (may be empty), its site and its colour."""

    name: str
    address: str
    site_url: str
    """Scheme and host without a slash at the end: every link in a mail begins with it."""
    accent: str


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a letter: a `paragraph`, `facts`, the `button` or `links`; the last three hold pairs of words."""

    kind: str
    text: str
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in its final words: the subject (one line), the blocks, and the language they are in."""

    subject: str
    blocks: tuple[Block, ...]
    language: str = "en"


def compose(letterhead: Letterhead, recipient: str, letter: Letter, unsubscribe_url: str | None = None) -> Mail:
    """Return the mail that a letter makes; `unsubscribe_url` is where its kind can be switched off, said at its end."""
    blocks = [*letter.blocks, *([_switch(unsubscribe_url, letter.language)] if unsubscribe_url else [])]
    values = {"letterhead": letterhead, "subject": letter.subject, "language": letter.language, "blocks": blocks}
    text, html = (_environment().get_template(f"mail/blocks.{kind}").render(values) for kind in ("txt", "html"))
    return Mail(recipient, letter.subject, text.strip() + "\n", html, unsubscribe_url)


def _switch(address: str, language: str) -> Block:
    return Block("links", "", ((_SWITCH.get(language, _SWITCH["en"]), address),))


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
