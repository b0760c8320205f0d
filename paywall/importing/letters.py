"""The letter to who got an account by an import: how to sign in for the first time."""

from sqlalchemy.orm import Session

from paywall import outbox
from paywall.letters.rules import Values
from paywall.letters.writing import Occasion, write_mail
from paywall.mail import Letterhead
from paywall.publishers.letterhead import letterhead
from paywall.publishers.rules import Profile
from paywall.readers.email_address import for_people
from paywall.readers.tables import Reader

KIND = "import_welcome"
SAMPLES = ((KIND, "An account came by an import"),)
"""The kind of mail of this room, and when it is sent."""


def send_letter(session: Session, publisher: Profile, base_url: str, reader: Reader, import_id: int) -> None:
    """Post the letter, once for each reader. It has no key in it: a password is set by a link that is asked for."""
    head = letterhead(publisher, base_url)
    mail = write_mail(session, publisher, head, Occasion(KIND, reader.email, values_of(head, reader.email)))
    outbox.post(session, publisher.id, KIND, f"{import_id}:{reader.id}", mail)


def values_of(head: Letterhead, address: str) -> Values:
    """Return what the letter's blanks hold for an address."""
    return {"email": for_people(address), "password_url": f"{head.site_url}/forgot-password"}
