"""Reading what a reader has, and what that comes to."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from paywall.database import Database, is_unreachable
from paywall.entitlements.reading import ReaderRights, rights_of
from paywall.entitlements.rules import Standing, best
from paywall.errors import DatabaseUnavailable
from paywall.gate.pause import Pause


class Right(NamedTuple):
    """What a reader's entitlements come to just now."""

    standing: Standing | None = None
    is_suspended: bool = False
    is_staff: bool = False
    valid_until: datetime | None = None
    owes: bool = False

    @property
    def opens_everything(self) -> bool:
        """True where no article needs to be counted or paid for."""
        return self.is_staff or self.standing is not None


NO_RIGHT = Right()


class RightsReader:
    """Asks the database, and leaves it alone for a second after it did not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.pause = Pause()

    def read(self, publisher_id: int, reader_id: int) -> ReaderRights | None:
        """Return the reader's rights, None if there is no such reader; raises DatabaseUnavailable."""
        return self._ask(lambda connection: rights_of(connection, publisher_id, reader_id))

    def read_under(self, publisher_id: int, reader_id: int, sign_in_id: int) -> ReaderRights | None:
        """Return the reader's rights while that sign-in of theirs lives, else None; raises DatabaseUnavailable."""
        return self._ask(lambda connection: rights_of(connection, publisher_id, reader_id, sign_in_id))

    def _ask(self, question: Callable[[Connection], ReaderRights | None]) -> ReaderRights | None:
        if self.pause.is_on():
            raise DatabaseUnavailable
        try:
            with self._database.looking() as connection:
                return question(connection)
        except SQLAlchemyError as error:
            if not can_not_be_reached(error):
                raise
            self.pause.begin()
            raise DatabaseUnavailable from error

    def right_now(self, publisher_id: int, reader_id: int, now: datetime) -> Right:
        """Return what the reader's entitlements come to at `now`; raises DatabaseUnavailable."""
        rights = self.read(publisher_id, reader_id)
        return NO_RIGHT if rights is None else right_at(rights, now)


def right_at(rights: ReaderRights, now: datetime) -> Right:
    """Return what the rights come to at business time `now`."""
    found = best(list(rights.entitlements), now)
    if found is None:
        return Right(is_suspended=rights.is_suspended(now), is_staff=rights.is_staff, owes=rights.owes(now))
    return Right(found.standing, is_staff=rights.is_staff, valid_until=found.valid_until)


def can_not_be_reached(error: SQLAlchemyError) -> bool:
    """Tell a database that does not answer, or has no connection to spare, from a wrong statement."""
    return is_unreachable(error) or isinstance(error, PoolTimeout)
