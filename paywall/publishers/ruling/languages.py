"""The newspaper's language: how amounts and dates are written, and in which of its words mails are sent."""

from sqlalchemy.orm import Session

from paywall.errors import BadInput
from paywall.publishers.rules import LANGUAGES
from paywall.publishers.ruling.noting import bring_to, note
from paywall.publishers.tables import Publisher


def set_language(session: Session, publisher_id: int, language: str, *, actor: str) -> bool:
    """Give a newspaper its language, and tell whether it is another one; raises BadInput naming `language`."""
    if language not in dict(LANGUAGES):
        raise BadInput("language", "Choose one of the languages.")
    changed = bring_to(session.get_one(Publisher, publisher_id), {"language": language})
    if changed:
        note(session, publisher_id, actor, "language_set", **changed)
    return bool(changed)
