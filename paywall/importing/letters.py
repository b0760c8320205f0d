"""The letter to who got an account by an import: how to sign in for the first time."""

from sqlalchemy.orm import Session

from paywall import outbox
from paywall.mail import compose
from paywall.publishers.letterhead import letterhead
from paywall.publishers.rules import Profile
from paywall.readers.email_address import for_people
from paywall.readers.tables import Reader

KIND = "import_welcome"


def send_letter(session: Session, publisher: Profile, base_url: str, reader: Reader, import_id: int) -> None:
    """Post the letter, once for each reader. It has no key in it: a password is set by a link that is asked for."""
    head = letterhead(publisher, base_url)
    title, link = f"Your subscription to {publisher.name}", f"{head.site_url}/forgot-password"
    mail = compose(KIND, head, reader.email, title, email=for_people(reader.email), link=link)
    outbox.post(session, publisher.id, KIND, f"{import_id}:{reader.id}", mail)
