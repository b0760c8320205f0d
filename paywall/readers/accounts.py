"""What can happen to an account: opened, confirmed, given a new password, erased.

Every step works in the caller's transaction. Passwords come in hashed: nobody hashes with a transaction open.
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Sequence

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session

from paywall import clock
from paywall.database import insert_all_once, insert_once
from paywall.errors import PaywallError
from paywall.outbox import OutboxMail
from paywall.readers.email_address import EmailAddress
from paywall.readers.ending import end_access, end_access_of, end_sign_ins, end_sign_ins_of
from paywall.readers.finding import reader_by_email
from paywall.readers.notes import forget_notes
from paywall.readers.tables import Reader


class WorksHere(PaywallError):
    """This is a member of staff: remove the member first."""

    status = 409
    code = "works_here"


def open_account(
    session: Session, publisher_id: int, address: EmailAddress, password_hash: str | None
) -> Reader | None:
    """Open an account, or return None if this address has one; of many at a time exactly one is new."""
    if not insert_once(session, Reader, _new_account(publisher_id, address, password_hash)):
        return None
    return reader_by_email(session, publisher_id, address.normalized)


def open_accounts(session: Session, publisher_id: int, addresses: Iterable[EmailAddress]) -> set[str]:
    """Open an account without a password for each address that has none; returns those, normalised."""
    rows = [_new_account(publisher_id, address, None) for address in addresses]
    return insert_all_once(session, Reader.email_normalized, rows)


def confirm(session: Session, reader: Reader) -> bool:
    """Note that the reader gets mail at her address; returns whether that was news."""
    statement = update(Reader).where(Reader.id == reader.id, Reader.confirmed_at.is_(None))
    return session.execute(statement.values(confirmed_at=clock.now()).returning(Reader.id)).first() is not None


def set_password(session: Session, reader: Reader, password_hash: str) -> bool:
    """Give the account a new password and end all its sign-ins; False if another change came first.

    The reader's secret changes too, and with it every session and every reset link that was built on it dies.
    """
    unchanged = (Reader.id == reader.id, Reader.fs_uniquifier == reader.fs_uniquifier)
    statement = update(Reader).where(*unchanged).values(password=password_hash, fs_uniquifier=_new_secret())
    if session.execute(statement.returning(Reader.id)).first() is None:
        return False
    session.refresh(reader)
    end_sign_ins(session, reader.id)
    return True


def take_unproved_back(session: Session, reader_ids: Collection[int]) -> set[int]:
    """Take accounts from whoever opened them and never showed that the address is theirs; returns which those were.

    To be called before something is given to an address that somebody may have signed up with to get it: the password
    is worth nothing any more and every sign-in ends, so that only who reads the mails gets in, by setting another.
    """
    unproved = (Reader.id.in_(reader_ids), Reader.confirmed_at.is_(None), Reader.password.is_not(None))
    found = session.scalars(select(Reader).where(*unproved).execution_options(populate_existing=True)).all()
    for reader in found:
        reader.password, reader.fs_uniquifier = None, _new_secret()
    taken = {reader.id for reader in found}
    end_sign_ins_of(session, taken)
    return taken


def renew_hash(session: Session, reader: Reader, password_hash: str) -> None:
    """Keep the same password under today's cost; no sign-in ends by it."""
    statement = update(Reader).where(Reader.id == reader.id, Reader.password == reader.password)
    session.execute(statement.values(password=password_hash))


def make_staff(session: Session, reader_id: int, *, is_staff: bool) -> None:
    """Let a reader read everything as staff do, or no more; who is on the staff is known in `paywall.staff`."""
    session.execute(update(Reader).where(Reader.id == reader_id).values(is_staff=is_staff))
    end_access(session, reader_id)


Erase = Callable[[Session, Sequence[Reader]], None]
"""Erases a publisher's accounts in the caller's transaction, and may do so with what rooms above keep of them."""


def erase(session: Session, reader: Reader) -> None:
    """Forget who the reader was: sign-ins, address, password, mails, notes go; the row stays, nameless, for books.

    Raises WorksHere for who is on the staff: that ends first, by a hand that leaves an admin, and a row in the audit.
    """
    erase_all(session, [reader])


def erase_all(session: Session, readers: Sequence[Reader]) -> None:
    """Forget who some readers, who are held, were, each as `erase` does; raises WorksHere if one is on the staff."""
    if any(reader.is_staff for reader in readers):
        raise WorksHere
    ids = [reader.id for reader in readers]
    end_sign_ins_of(session, ids)
    end_access_of(session, ids)
    forget_notes(session, ids)
    theirs = [(reader.publisher_id, reader.email) for reader in readers]
    session.execute(delete(OutboxMail).where(tuple_(OutboxMail.publisher_id, OutboxMail.recipient).in_(theirs)))
    for reader in readers:
        reader.email = reader.email_normalized = f"erased-{reader.id}"
        reader.password, reader.confirmed_at, reader.active = None, None, False
        reader.fs_uniquifier = _new_secret()
    session.flush()


def _new_account(publisher_id: int, address: EmailAddress, password_hash: str | None) -> dict[str, object]:
    return {
        "publisher_id": publisher_id,
        "email": address.kept,
        "email_normalized": address.normalized,
        "password": password_hash,
        "fs_uniquifier": _new_secret(),
        "created_at": clock.now(),
    }


def _new_secret() -> str:
    return secrets.token_hex(16)
