"""Files of subscribers, and what becomes of them."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from paywall.database import Database
from paywall.entitlements.reading import entitlements_of
from paywall.entitlements.rules import Entitlement
from paywall.importing.asking_stripe import StripeCheck
from paywall.importing.carrying_out.applying import apply_all
from paywall.importing.carrying_out.undoing import undo_all
from paywall.importing.checking import Order, begin_check, check, open_file
from paywall.importing.mapping.sources import MAPPINGS
from paywall.importing.runs import begin_applying, begin_undoing, run_of
from paywall.importing.tables import Import, ImportProblem, ImportRow
from paywall.publishers.rules import Profile
from paywall.readers.tables import Reader
from paywall.readership.forgetting import erasing

SECRET = "a secret for the holders of views"
ERASE = erasing(SECRET)
BASE_URL = "https://news.test"
HEADER = "address,name,plan,ends,customer,subscription,source\n"
ANNA = f"{HEADER}anna@example.com,Anna,Gold,2031-04-30,,,print\n"
SPRING = datetime(2031, 4, 30, 20, tzinfo=UTC)
"""Midnight after 30 April 2031 in Baku."""


def many(count: int) -> str:
    return HEADER + "".join(f"reader{n}@example.com,,,2031-04-30,,,\n" for n in range(count))


@dataclass
class Desk:
    """Somebody who imports files for one newspaper."""

    database: Database
    publisher: Profile
    stripe: StripeCheck | None = None

    def check(self, file: str | bytes, mapping: str = "generic", existing: str = "update") -> int:
        """Check a file, and return the import's number."""
        order = Order(self.publisher, MAPPINGS[mapping], "staff:1", existing, self.stripe)
        opened = open_file(io.BytesIO(file.encode() if isinstance(file, str) else file), order)
        with self.database.writing() as session:
            number = begin_check(session, order, opened)
        check(self.database, number, order, opened)
        return number

    def begin(self, number: int, *, letters: bool = False) -> None:
        with self.database.writing() as session:
            begin_applying(session, self.publisher.id, number, letters=letters, actor="staff:1")

    def apply(self, number: int, *, letters: bool = False) -> None:
        self.begin(number, letters=letters)
        apply_all(self.database, number, BASE_URL)

    def take(self, file: str | bytes, mapping: str = "generic", existing: str = "update") -> int:
        """Check a file and apply it."""
        number = self.check(file, mapping, existing)
        self.apply(number)
        return number

    def undo(self, number: int) -> None:
        with self.database.writing() as session:
            begin_undoing(session, self.publisher.id, number, actor="staff:1")
        undo_all(self.database, number, ERASE)

    def run(self, number: int) -> Import:
        with self.database.reading() as session:
            return run_of(session, self.publisher.id, number)

    def rows(self, number: int) -> list[ImportRow]:
        with self.database.reading() as session:
            rows = select(ImportRow).where(ImportRow.import_id == number)
            return list(session.scalars(rows.order_by(ImportRow.line)))

    def outcomes(self, number: int) -> list[str]:
        return [row.outcome for row in self.rows(number)]

    def problems(self, number: int) -> list[tuple[int, str]]:
        """Return line and column of each problem."""
        with self.database.reading() as session:
            found = select(ImportProblem).where(ImportProblem.import_id == number)
            return [(one.line, one.column) for one in session.scalars(found.order_by(ImportProblem.id))]

    def readers(self) -> dict[str, Reader]:
        with self.database.reading() as session:
            mine = select(Reader).where(Reader.publisher_id == self.publisher.id, Reader.active)
            return {reader.email: reader for reader in session.scalars(mine)}

    def rights(self, email: str) -> list[Entitlement]:
        with self.database.reading() as session:
            return entitlements_of(session, self.readers()[email].id)
