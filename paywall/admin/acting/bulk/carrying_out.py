"""Doing it, some readers in each transaction; whoever is interrupted leaves the rest to the next."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from paywall import audit, clock
from paywall.admin.acting.bulk.rules import DONE, ERASED, Kind, Order, left_out
from paywall.admin.acting.bulk.standing import standings
from paywall.admin.acting.bulk.tables import BulkAct, take_waiting, unfinished
from paywall.database import Database
from paywall.entitlements.comps import extend_access, give_comp
from paywall.readers.devices import sign_out_everywhere
from paywall.readers.finding import hold_reader

AT_ONCE = 25


def carry_out(database: Database, bulk_act_id: int, is_enough: Callable[[], bool]) -> None:
    """Do what waits of an act on many, until nobody waits, or `is_enough` says so between two transactions."""
    while not is_enough():
        with database.writing() as session:
            if not _do_some(session, session.get_one(BulkAct, bulk_act_id)):
                return


def carry_on(database: Database, is_enough: Callable[[], bool]) -> None:
    """Do what was left of every act on many; for every few seconds."""
    with database.reading() as session:
        waiting = unfinished(session)
    for bulk_act_id in waiting:
        carry_out(database, bulk_act_id, is_enough)


def _do_some(session: Session, what: BulkAct) -> int:
    """Settle some readers, judged as they stand now; returns how many."""
    taken = take_waiting(session, what.id, AT_ONCE)
    for one in taken:
        hold_reader(session, one.reader_id)
    now, order = clock.now(), what.order
    found = standings(session, what.publisher_id, [one.reader_id for one in taken], now)
    for one in taken:
        standing = found.get(one.reader_id)
        one.outcome = (left_out(order, standing, now) if standing else ERASED) or DONE
        if one.outcome == DONE:
            _do(session, what, order, one.reader_id)
    session.flush()
    return len(taken)


def _do(session: Session, what: BulkAct, order: Order, reader_id: int) -> None:
    whom = (session, what.publisher_id, reader_id)
    match order.kind:
        case Kind.COMP:
            give_comp(*whom, days=order.days, reason=order.reason, actor=what.actor)
        case Kind.EXTEND:
            extend_access(*whom, days=order.days, reason=order.reason, actor=what.actor)
        case Kind.SIGN_OUT:
            ended = sign_out_everywhere(session, reader_id)
            about = (what.publisher_id, what.actor, "signed_out_everywhere", f"reader:{reader_id}")
            audit.write(session, *about, before=ended, after=0)
