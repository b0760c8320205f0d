"""The letter to who got an account by an import: how to sign in for the first time."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from paywall import outbox
from paywall.importing.tables import Import
from paywall.letters.keeping import Place, own_words
from paywall.letters.rules import Values
from paywall.letters.writing import Occasion, write_in_words
from paywall.mail import Letterhead
from paywall.publishers.letterhead import letterhead
from paywall.publishers.profiles import read_profile
from paywall.readers.email_address import for_people
from paywall.readers.tables import Reader

KIND = "import_welcome"
SAMPLES = ((KIND, "An account came by an import"),)
"""The kind of mail of this room, and when it is sent."""


def send_letters(session: Session, run: Import, base_url: str, readers: Iterable[Reader]) -> None:
    """Post the letter, once to each reader. It has no key in it: a password is set by a link that is asked for."""
    publisher = read_profile(session, run.publisher_id)
    head, own = letterhead(publisher, base_url), own_words(session, Place(publisher.id, KIND, publisher.language))
    for reader in readers:
        occasion = Occasion(KIND, reader.email, values_of(head, reader.email))
        mail = write_in_words(head, occasion, own, publisher.language)
        outbox.post(session, publisher.id, KIND, f"{run.id}:{reader.id}", mail)


def values_of(head: Letterhead, address: str) -> Values:
    """Return what the letter's blanks hold for an address."""
    return {"email": for_people(address), "password_url": f"{head.site_url}/forgot-password"}
