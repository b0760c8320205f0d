"""Writing a mail: the one place that decides in whose words, the publisher's own or ours.

Whatever is stored, a mail is written: words that can't be used any more, since a blank is gone or another must be
there, give way to ours, and the log says so.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session
from structlog import get_logger

from paywall.errors import BadInput
from paywall.letters.checking import checked
from paywall.letters.keeping import Place, own_words
from paywall.letters.kinds import KINDS
from paywall.letters.ours import our_words
from paywall.letters.rules import Part, Values, Words, fill_subject, fill_text, read_subject, read_text
from paywall.mail import Block, Letter, Letterhead, compose
from paywall.outbox import Mail
from paywall.publishers.rules import Profile

log = get_logger()
OURS = "en"
"""The language of our words."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a mail is written for: its kind, to whom, what its blanks hold, and where the kind can be switched off."""

    kind: str
    recipient: str
    values: Values
    unsubscribe_url: str | None = None


def write_mail(session: Session, publisher: Profile, head: Letterhead, occasion: Occasion) -> Mail:
    """Return the mail, in the publisher's own words for its language if it has any that can be used, else in ours.

    A value that our words need and don't get raises KeyError.
    """
    own = own_words(session, Place(publisher.id, occasion.kind, publisher.language))
    return write_in_words(head, occasion, own, publisher.language)


def write_in_words(head: Letterhead, occasion: Occasion, own: Words | None, language: str) -> Mail:
    """Return the mail in `own` words, which are in that language; in ours where there are none that can be used."""
    values = {"newspaper": head.name, **occasion.values}
    letter = (own and _in_own_words(occasion.kind, own, values, language)) or _in_ours(occasion.kind, values)
    return compose(head, occasion.recipient, letter, occasion.unsubscribe_url)


def _in_ours(kind: str, values: Values) -> Letter:
    ours = our_words(kind)
    parts = fill_text(read_text(ours.text), values)
    return Letter(fill_subject(read_subject(ours.subject), values), tuple(_block(part) for part in parts), OURS)


def _in_own_words(kind: str, own: Words, values: Values, language: str) -> Letter | None:
    try:
        checked(KINDS[kind], own)
        parts = fill_text(read_text(own.text), values)
        subject = fill_subject(read_subject(own.subject), values) or _in_ours(kind, values).subject
    except (BadInput, KeyError) as problem:
        log.warning("a publisher's words of a mail can't be used", kind=kind, language=language, why=str(problem))
        return None
    return Letter(subject, tuple(_block(part) for part in parts), language)


def _block(part: Part) -> Block:
    return Block(part.kind, part.pairs[0][0]) if part.kind == "paragraph" else Block(part.kind, "", part.pairs)
