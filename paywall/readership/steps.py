"""The steps behind a wall, each kept once for its cause, with the article and referrer that it came from.

The article is the one that the sign-up or the checkout leads back to. The referrer is that of the last stored view
of this article by the same person, or of an earlier step of theirs.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError
from structlog import get_logger

from paywall.billing.checkout.beginnings import Begun, begun_since
from paywall.database import Database, insert_once
from paywall.gate.rights import can_not_be_reached
from paywall.readership.days import Counts, add_counts
from paywall.readership.ground import Ground
from paywall.readership.noting import NotedStep
from paywall.readership.rules import Step
from paywall.readership.tables import ReadStep, ReadView

log = get_logger()
LOOK_SECONDS = 30
STEPS_AT_ONCE = 100
"""Steps in one transaction: the first look after an upgrade finds three days of them."""
LOOKED_BACK = timedelta(days=3)
"""How long after its beginning a checkout may still be paid: a page at Stripe lives a day, some payments take two."""
_MEASURES = {Step.SIGN_UP: "sign_ups", Step.CHECKOUT: "checkouts", Step.PAID: "paid"}


class Placed(NamedTuple):
    """A step with the article that it leads back to, and whose views of it may say where it came from."""

    noted: NotedStep
    article_id: int | None
    meter_id: int | None
    """None where the step leads back to no article."""
    holders: tuple[int, ...]


def place(steps: Iterable[NotedStep], ground: Ground) -> list[Placed]:
    """Find the articles of steps, before anything is written; what can't be placed is left out and logged."""
    placed = []
    for step in steps:
        with _left_out_if_bad(step):
            placed.append(_placed(step, ground))
    return placed


def take_steps(connection: Connection, placed: Iterable[Placed], ground: Ground, counts: Counts) -> int:
    """Keep steps whose causes were not counted before; returns how many. One that can't be kept takes no other along.

    In a transaction that has begun to write.
    """
    new = 0
    for one in placed:
        with _left_out_if_bad(one.noted), connection.begin_nested():
            new += _take(connection, one, ground, counts)
    return new


def take_checkouts(database: Database, ground: Ground, now: datetime, wall: datetime) -> int:
    """Keep the checkouts begun lately, and those that were paid; returns how many steps are new.

    `now` is business time, `wall` the machine's, by which checkouts live.
    """
    lately = ReadStep.at >= now - 2 * LOOKED_BACK
    with database.reading() as session:
        begun = begun_since(session, wall - LOOKED_BACK)
        known = {(step, cause) for step, cause in session.execute(select(ReadStep.step, ReadStep.cause).where(lately))}
    steps = [step for one in begun for step in _steps_of(one, now - (wall - one.created_at), now)]
    unknown = [step for step in steps if (step.step, ground.holders.digest(step.cause)) not in known]
    return keep_steps(database, unknown, ground) if unknown else 0


def keep_steps(database: Database, steps: Sequence[NotedStep], ground: Ground) -> int:
    """Keep steps, some in each short transaction; returns how many are new."""
    new = 0
    for first in range(0, len(steps), STEPS_AT_ONCE):
        counts, placed = Counts(), place(steps[first : first + STEPS_AT_ONCE], ground)
        with database.writing() as session:
            connection = session.connection()
            new += take_steps(connection, placed, ground, counts)
            add_counts(connection, counts)
    return new


def account(reader_id: int) -> str:
    """Return how a cause names an account."""
    return f"account {reader_id}"


def _steps_of(one: Begun, begun_at: datetime, now: datetime) -> list[NotedStep]:
    who = (f"r{one.reader_id}", account(one.reader_id))
    cause = f"checkout {one.checkout_id}"
    steps = [NotedStep(one.publisher_id, Step.CHECKOUT, cause, one.goal, who, begun_at)]
    if one.is_paid:
        steps.append(NotedStep(one.publisher_id, Step.PAID, cause, one.goal, who, now))
    return steps


@contextmanager
def _left_out_if_bad(step: NotedStep) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, ValueError) as error:
        if isinstance(error, SQLAlchemyError) and can_not_be_reached(error):
            raise
        log.warning("step left out", step=step.step.value, publisher_id=step.publisher_id, exc_info=True)


def _placed(noted: NotedStep, ground: Ground) -> Placed:
    article = ground.article_at(noted.publisher_id, noted.goal)
    if article is None:
        return Placed(noted, None, None, ())
    profile = ground.profiles.of(noted.publisher_id)
    holders = tuple(ground.holders.of(profile, article.section, who) for who in noted.who)
    return Placed(noted, article.id, profile.meter_for(article.section).id, holders)


def _take(connection: Connection, placed: Placed, ground: Ground, counts: Counts) -> bool:
    noted, cause = placed.noted, ground.holders.digest(placed.noted.cause)
    known = select(ReadStep.id).where(ReadStep.step == noted.step, ReadStep.cause == cause)
    if connection.execute(known).first() is not None:
        return False
    causes = [ground.holders.digest(one) for one in (noted.cause, *noted.who)]
    host = _host_of_view(connection, placed) or _host_of_step(connection, causes)
    values: dict[str, object] = {
        "publisher_id": noted.publisher_id,
        "step": noted.step.value,
        "cause": cause,
        "article_id": placed.article_id,
        "referrer_host": host,
        "at": noted.at,
    }
    is_new = insert_once(connection, ReadStep, values)
    if is_new:
        day = noted.at.astimezone(UTC).date()
        counts.add(noted.publisher_id, day, placed.article_id, host, **{_MEASURES[noted.step]: 1})
    return is_new


def _host_of_view(connection: Connection, placed: Placed) -> str | None:
    if placed.article_id is None:
        return None
    whose = (ReadView.publisher_id == placed.noted.publisher_id, ReadView.meter_id == placed.meter_id)
    there = (ReadView.article_id == placed.article_id, ReadView.referrer_host.is_not(None))
    query = select(ReadView.referrer_host).where(*whose, ReadView.holder.in_(placed.holders), *there)
    return connection.scalar(query.order_by(ReadView.at.desc(), ReadView.id.desc()).limit(1))


def _host_of_step(connection: Connection, causes: list[int]) -> str | None:
    known = (ReadStep.cause.in_(causes), ReadStep.referrer_host.is_not(None))
    steps = select(ReadStep.referrer_host).where(ReadStep.step.in_([one.value for one in Step]), *known)
    return connection.scalar(steps.order_by(ReadStep.at.desc()).limit(1))
