"""The wall: whether an account is needed, until when it is lifted, how much a preview shows; the invitation's words."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from paywall.errors import BadInput
from paywall.publishers.rules import Invitation
from paywall.publishers.ruling.meters import section_of
from paywall.publishers.ruling.noting import bring_to, note
from paywall.publishers.tables import Publisher

MOST_CAP_FACTOR = 1_000
PREVIEW_WORDS = range(20, 501)
LONGEST = {"headline": 120, "text": 400, "button": 40}


@dataclass(frozen=True, slots=True)
class Wall:
    """The wall as it should be."""

    registration_wall: bool
    """True: metered articles need an account."""
    wall_lifted_until: datetime | None
    """Until then the whole site is open; aware UTC."""
    network_cap_factor: int | None
    """Articles for each network and browser, as a multiple of the visitors' allowance; None: not counted."""
    preview_words: int
    """About so many words are shown of articles that come in from now on."""


def set_wall(session: Session, publisher_id: int, wanted: Wall, *, actor: str) -> bool:
    """Bring the wall to what is wanted, and tell whether it was different; raises BadInput."""
    factor = wanted.network_cap_factor
    if factor is not None and not 1 <= factor <= MOST_CAP_FACTOR:
        raise BadInput("network_cap_factor", f"Give a whole number from 1 to {MOST_CAP_FACTOR:,}, or leave it empty.")
    if wanted.preview_words not in PREVIEW_WORDS:
        least, most = PREVIEW_WORDS.start, PREVIEW_WORDS.stop - 1
        raise BadInput("preview_words", f"Give a number of words from {least} to {most}.")
    changed = bring_to(session.get_one(Publisher, publisher_id), asdict(wanted))
    if changed:
        note(session, publisher_id, actor, "wall_set", **changed)
    return bool(changed)


def lift_wall_of_section(session: Session, publisher_id: int, slug: str, until: datetime | None, *, actor: str) -> bool:
    """Lift the wall for a section until a time, None: not at all; raises NotFound."""
    changed = bring_to(section_of(session, publisher_id, slug), {"wall_lifted_until": until})
    if changed:
        note(session, publisher_id, actor, "section_wall_lifted", section=slug, **changed)
    return bool(changed)


def set_invitation(session: Session, publisher_id: int, words: Invitation, *, actor: str) -> bool:
    """Give the invitation other words, and tell whether they are other ones; raises BadInput."""
    checked = checked_words(words)
    wanted = {f"invitation_{name}": text for name, text in asdict(checked).items()}
    changed = bring_to(session.get_one(Publisher, publisher_id), wanted)
    if changed:
        note(session, publisher_id, actor, "invitation_set", **changed)
    return bool(changed)


def checked_words(words: Invitation) -> Invitation:
    """Return the words as they are kept, in single spaces; raises BadInput naming `headline`, `text` or `button`."""
    kept = {name: " ".join(text.split()) for name, text in asdict(words).items()}
    for name, text in kept.items():
        if not text or len(text) > LONGEST[name] or not text.isprintable():
            raise BadInput(name, f"Write 1 to {LONGEST[name]} characters.")
    return Invitation(**kept)
