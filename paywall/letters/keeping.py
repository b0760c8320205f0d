"""A publisher's own words: found, kept, and given up again."""

from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from paywall import audit, clock
from paywall.database import insert_once
from paywall.errors import BadInput, NotFound
from paywall.letters.checking import checked
from paywall.letters.kinds import KINDS
from paywall.letters.rules import Words
from paywall.letters.tables import MailText
from paywall.publishers.rules import LANGUAGES


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand: whose mail, of which kind, in which language."""

    publisher_id: int
    kind: str
    language: str


def own_words(session: Session, place: Place) -> Words | None:
    """Return the words that a publisher has given a kind of mail in a language; None where it has ours."""
    row = session.execute(select(MailText.subject, MailText.text).where(*_at(place))).first()
    return Words(row.subject, row.text) if row else None


def languages_with_own_words(session: Session, publisher_id: int) -> dict[str, list[str]]:
    """Return, for each kind that has words of the publisher's own, the languages in which it has."""
    query = select(MailText.kind, MailText.language).where(MailText.publisher_id == publisher_id)
    found: dict[str, list[str]] = {}
    for kind, language in session.execute(query.order_by(MailText.kind, MailText.language)):
        found.setdefault(kind, []).append(language)
    return found


def give_words(session: Session, place: Place, words: Words, *, actor: str) -> bool:
    """Give a kind of mail a publisher's own words, and tell whether they are other ones; raises BadInput, NotFound."""
    _check_place(place)
    wanted, before = checked(KINDS[place.kind], words), own_words(session, place)
    if before == wanted:
        return False
    session.execute(delete(MailText).where(*_at(place)))
    insert_once(session, MailText, {**asdict(place), **asdict(wanted), "changed_at": clock.now()})
    _note(session, place, "mail_text_set", actor, (before, wanted))
    return True


def take_words_back(session: Session, place: Place, *, actor: str) -> bool:
    """Go back to our words, and tell whether there were others; raises BadInput, NotFound."""
    _check_place(place)
    before = own_words(session, place)
    if before is None:
        return False
    session.execute(delete(MailText).where(*_at(place)))
    _note(session, place, "mail_text_taken_back", actor, (before, None))
    return True


def _at(place: Place) -> tuple[ColumnElement[bool], ...]:
    row = MailText
    return (row.publisher_id == place.publisher_id, row.kind == place.kind, row.language == place.language)


def _check_place(place: Place) -> None:
    if place.kind not in KINDS:
        raise NotFound("There is no mail of that kind.")
    if place.language not in dict(LANGUAGES):
        raise BadInput("language", "Choose one of the languages.")


def _note(session: Session, place: Place, action: str, actor: str, turn: tuple[Words | None, Words | None]) -> None:
    """Note what is different; None stands for our words."""
    old, new = (asdict(one) if one else {"subject": None, "text": None} for one in turn)
    different = [name for name in new if old[name] != new[name]]
    before, after = ({name: one[name] for name in different} for one in (old, new))
    detail = {"kind": place.kind, "language": place.language, "before": before, "after": after}
    audit.write(session, place.publisher_id, actor, action, f"publisher:{place.publisher_id}", **detail)
