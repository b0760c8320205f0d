"""What the database holds, for tests that look behind the pages."""

import re
from urllib.parse import urlsplit

from sqlalchemy import select

from paywall.app import Product
from paywall.outbox import OutboxMail
from paywall.readers.tables import Reader, SignIn


def readers(product: Product) -> list[Reader]:
    with product.database.reading() as session:
        return list(session.scalars(select(Reader).order_by(Reader.id)))


def sign_ins(product: Product) -> list[SignIn]:
    with product.database.reading() as session:
        return list(session.scalars(select(SignIn).order_by(SignIn.id)))


def mails(product: Product, kind: str | None = None) -> list[OutboxMail]:
    with product.database.reading() as session:
        found = session.scalars(select(OutboxMail).order_by(OutboxMail.id))
        return [mail for mail in found if kind in (None, mail.kind)]


def link_in(mail: OutboxMail) -> str:
    """Return the path of the mail's link."""
    found = re.search(r"https://\S+/(confirm|reset-password)/\S+", mail.text)
    assert found
    return urlsplit(found[0]).path
