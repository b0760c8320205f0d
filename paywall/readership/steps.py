"""The steps behind a wall, each kept once for its cause, with the article and referrer that it came from.

The article is the one that the sign-up or the checkout leads back to. The referrer is that of the last stored view
of this article by the same person, or of an earlier step of theirs.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, select

from paywall.articles.rules import ArticleCard
from paywall.billing.checkout.beginnings import Begun, begun_since
from paywall.database import Database, insert_once
from paywall.publishers.rules import Profile
from paywall.readership.days import Counts, add_counts
from paywall.readership.ground import Ground
from paywall.readership.noting import NotedStep
from paywall.readership.rules import Step
from paywall.readership.tables import ReadStep, ReadView

LOOK_SECONDS = 30
LOOKED_BACK = timedelta(days=3)
"""How long after its beginning a checkout may still be paid: a page at Stripe lives a day, some payments take two."""
_MEASURES = {Step.SIGN_UP: "sign_ups", Step.CHECKOUT: "checkouts", Step.PAID: "paid"}


class _From(NamedTuple):
    """Where a step came from."""

    article: ArticleCard | None
    host: str | None


def take_step(connection: Connection, noted: NotedStep, ground: Ground, counts: Counts) -> bool:
    """Keep a step unless its cause was counted before; returns whether it is new."""
    cause = ground.holders.digest(noted.cause)
    known = select(ReadStep.id).where(ReadStep.step == noted.step, ReadStep.cause == cause)
    if connection.execute(known).first() is not None:
        return False
    found = _origin(connection, noted, ground)
    article_id = found.article.id if found.article else None
    values: dict[str, object] = {
        "publisher_id": noted.publisher_id,
        "step": noted.step.value,
        "cause": cause,
        "article_id": article_id,
        "referrer_host": found.host,
        "at": noted.at,
    }
    is_new = insert_once(connection, ReadStep, values)
    if is_new:
        day = noted.at.astimezone(UTC).date()
        counts.add(noted.publisher_id, day, article_id, found.host, **{_MEASURES[noted.step]: 1})
    return is_new


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
    """Keep steps in a transaction of their own; returns how many are new."""
    counts = Counts()
    with database.writing() as session:
        connection = session.connection()
        new = sum(take_step(connection, step, ground, counts) for step in steps)
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


def _origin(connection: Connection, noted: NotedStep, ground: Ground) -> _From:
    article = ground.article_at(noted.publisher_id, noted.goal)
    ways: tuple[Callable[[], str | None], ...] = (
        lambda: _host_of_view(connection, noted, article, ground),
        lambda: _host_of_step(connection, [ground.holders.digest(one) for one in (noted.cause, *noted.who)]),
    )
    return _From(article, next((host for host in (way() for way in ways) if host), None))


def _host_of_view(connection: Connection, noted: NotedStep, article: ArticleCard | None, ground: Ground) -> str | None:
    if article is None:
        return None
    profile: Profile = ground.profiles.of(noted.publisher_id)
    meter_id = profile.meter_for(article.section).id
    holders = [ground.holders.of(profile, article.section, who) for who in noted.who]
    mine = (ReadView.publisher_id == noted.publisher_id, ReadView.meter_id == meter_id, ReadView.holder.in_(holders))
    there = (ReadView.article_id == article.id, ReadView.referrer_host.is_not(None))
    query = select(ReadView.referrer_host).where(*mine, *there).order_by(ReadView.at.desc(), ReadView.id.desc())
    return connection.scalar(query.limit(1))


def _host_of_step(connection: Connection, causes: list[int]) -> str | None:
    known = (ReadStep.cause.in_(causes), ReadStep.referrer_host.is_not(None))
    steps = select(ReadStep.referrer_host).where(ReadStep.step.in_([one.value for one in Step]), *known)
    return connection.scalar(steps.order_by(ReadStep.at.desc()).limit(1))
