"""The one search box: an address or its beginning, an account's number, a name at Stripe, an invoice's number."""

import re
import string
from dataclasses import dataclass

from sqlalchemy.orm import Session

from paywall.billing.subscriptions.naming import readers_behind

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_NUMBER = re.compile(r"#[0-9]{1,18}")
_BEHIND_ALL = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Search:
    """Either who was found by a name, or with what an address must begin; neither where nothing is searched for."""

    reader_ids: tuple[int, ...] | None = None
    beginning: str | None = None

    @property
    def behind(self) -> str:
        """What comes behind every address with that beginning."""
        return (self.beginning or "") + _BEHIND_ALL


def search(session: Session, publisher_id: int, text: str) -> Search:
    """Return what a text that somebody typed means; a name that is known goes before the beginning of an address."""
    if not text:
        return Search()
    if _NUMBER.fullmatch(text):
        return Search(reader_ids=(int(text[1:]),))
    found = readers_behind(session, publisher_id, text)
    if found:
        return Search(reader_ids=tuple(found))
    return Search(beginning=text.translate(_LOWER))
