"""Keeping the figures up with the books: every customer whose subscription was synced since is reckoned again."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from paywall.billing.subscriptions.tables import Subscription
from paywall.business.keeping.books import books_of
from paywall.business.keeping.entries import Edition, bring_up
from paywall.business.keeping.making import OVERLAP, make_figures, never
from paywall.business.keeping.tables import FigureMark
from paywall.business.reckoning.rules import entries_of
from paywall.database import Database
from paywall.publishers.profiles import all_profiles
from paywall.publishers.rules import Profile

_AT_ONCE = 100
Place = tuple[datetime, int]
"""Where one has come to: when a subscription was synced, and its number."""


def catch_up_all(database: Database, now: datetime, is_stopping: Callable[[], bool] = never) -> None:
    """Bring every publisher's figures up to the books, until somebody stops; `now` is wall time."""
    for profile in all_profiles(database):
        catch_up(database, profile, now, is_stopping)


def catch_up(database: Database, profile: Profile, now: datetime, is_stopping: Callable[[], bool] = never) -> None:
    """Bring a publisher's figures up to the books, or make them where there are none for its time zone.

    Ends between two transactions where somebody stops; the next goes on from there.
    """
    with database.reading() as session:
        mark = session.get(FigureMark, profile.id)
    if mark is None or mark.timezone != profile.timezone:
        make_figures(database, profile, is_stopping=is_stopping)
        return
    place: Place | None = (mark.synced_to, 0)
    while place is not None and not is_stopping():
        with database.writing() as session:
            place = _step(session, profile, place, now)


def _step(session: Session, profile: Profile, place: Place, now: datetime) -> Place | None:
    """Bring up the next customers behind a place; returns the place behind them, None where there are no more."""
    mark = session.scalar(select(FigureMark).where(FigureMark.publisher_id == profile.id).with_for_update())
    if mark is None or mark.timezone != profile.timezone:
        return None
    at, number = place
    behind = and_(Subscription.synced_at >= at, or_(Subscription.synced_at > at, Subscription.id > number))
    query = select(Subscription.customer_id, Subscription.synced_at, Subscription.id)
    query = query.where(Subscription.publisher_id == profile.id, behind)
    found = session.execute(query.order_by(Subscription.synced_at, Subscription.id).limit(_AT_ONCE)).all()
    mark.as_of = max(mark.as_of, now)
    if not found:
        mark.synced_to = max(mark.synced_to, min(now - OVERLAP, place[0]))
        return None
    books = books_of(session, profile.id, sorted({row[0] for row in found}))
    edition = Edition(profile.id, mark.edition, ZoneInfo(profile.timezone))
    bring_up(session, edition, {customer: entries_of(some) for customer, some in books.items()})
    mark.synced_to = max(mark.synced_to, min(now - OVERLAP, found[-1][1]))
    return found[-1][1], found[-1][2]
