"""What an act knows of its reader before it asks: the account, the rights, the subscription, the invoices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from paywall.admin.ground.days import Days
from paywall.billing.subscriptions.reading import current_subscription, invoices_of_reader
from paywall.billing.subscriptions.status import ENDED
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.entitlements.reading import entitlements_of
from paywall.entitlements.rules import Entitlement, Source
from paywall.errors import NotFound
from paywall.publishers.rules import Profile
from paywall.readers.email_address import for_people
from paywall.readers.finding import reader_by_id
from paywall.readers.tables import Reader

LARGEST_ID = 2**63 - 1
"""What a database can compare an id with."""


@dataclass(frozen=True, slots=True)
class Known:
    """A reader at one moment; `now` is business time."""

    publisher: Profile
    reader: Reader
    rights: Sequence[Entitlement]
    """All, those that have ended too."""
    subscription: Subscription | None
    """The one that the reader's account speaks of."""
    invoices: Sequence[Invoice]
    """The newest first."""
    now: datetime

    @property
    def path(self) -> str:
        """Where the reader's dossier is."""
        return f"/admin/subscribers/{self.reader.id}"

    @property
    def subject(self) -> str:
        """The reader's name in the audit."""
        return f"reader:{self.reader.id}"

    @property
    def address(self) -> str:
        """The reader's address, as people read it."""
        return for_people(self.reader.email)

    @property
    def open_rights(self) -> list[Entitlement]:
        """What lets the reader in just now."""
        return [one for one in self.rights if one.grants_access(self.now)]

    @property
    def open_comps(self) -> list[Entitlement]:
        """What lets the reader in free of charge just now."""
        return [one for one in self.open_rights if one.source is Source.COMP]

    @property
    def running(self) -> Subscription | None:
        """The current subscription, unless it has ended."""
        row = self.subscription
        return None if row is None or row.status in ENDED else row

    def day(self, at: datetime) -> str:
        """Return a day as people read it, in the newspaper's time zone: `24 Dec 2026`."""
        return Days(self.publisher.timezone).day(at)


def known_reader(session: Session, publisher: Profile, reader_id: int, now: datetime) -> Known:
    """Return what is known of a publisher's reader; raises NotFound for anybody else's."""
    reader = reader_by_id(session, publisher.id, reader_id) if reader_id <= LARGEST_ID else None
    if reader is None:
        raise NotFound("There is no such reader.")
    return Known(
        publisher=publisher,
        reader=reader,
        rights=entitlements_of(session, reader_id),
        subscription=current_subscription(session, reader_id),
        invoices=invoices_of_reader(session, reader_id),
        now=now,
    )
