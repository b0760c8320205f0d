"""One attempt: sign, send, and write down what came of it. No transaction is open while we wait for the answer."""

import random
import re
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog import get_logger

from paywall import clock
from paywall.notices import raise_notice
from paywall.outgoing.asking import Answer, NoAnswer
from paywall.outgoing.targets import AddressRefused
from paywall.safe import SecretLost
from paywall.telling import rules
from paywall.telling.claiming import Claim, claim_for_ping
from paywall.telling.endpoints import endpoint_of
from paywall.telling.message import as_bytes, headers
from paywall.telling.parts import Telling
from paywall.telling.rules import State, Why
from paywall.telling.tables import Attempt, Delivery, Endpoint

log = get_logger()
KEPT_BYTES = 500
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LOST = "The signing secret can't be read any more. Make a new one: paywall webhooks rotate-secret."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: a status, or why there is none."""

    at: datetime
    status: int | None
    took: timedelta
    error: str = ""
    answer: str = ""
    wish: timedelta | None = None
    """How long the endpoint asked to be left in peace."""

    @property
    def is_taken(self) -> bool:
        """True if the event was taken."""
        return rules.is_taken(self.status)


def attempt(telling: Telling, claim: Claim) -> Outcome:
    """Send what was claimed and note the outcome."""
    outcome = send(telling, claim)
    with telling.database.writing() as session:
        note(session, claim, outcome)
    return outcome


def ping(telling: Telling, publisher_id: int, public_id: str) -> Outcome:
    """Send an endpoint a signed message that means nothing, and return what came of it; raises NotFound."""
    with telling.database.reading() as session:
        claim = claim_for_ping(endpoint_of(session, publisher_id, public_id), clock.wall())
    return send(telling, claim)


def send(telling: Telling, claim: Claim) -> Outcome:
    """Sign and send; raises nothing that an endpoint could cause."""
    at, began = clock.wall(), time.monotonic()
    body = as_bytes(claim.payload)
    try:
        keys = [telling.safe.take_out(one) for one in claim.sealed_secrets]
        sent = headers(claim.message_id, body, keys, at)
        answer = telling.outgoing.ask("POST", claim.url, body=body, headers=sent, limits=telling.limits)
    except (NoAnswer, AddressRefused) as error:
        return Outcome(at, None, _since(began), error=error.sentence)
    except SecretLost:
        log.error("webhook secret lost", alarm=True, endpoint=claim.endpoint_id)  # noqa: TRY400 - nothing to trace
        return Outcome(at, None, _since(began), error=_LOST)
    return _outcome(at, answer, _since(began))


def note(session: Session, claim: Claim, outcome: Outcome) -> None:
    """Write down the outcome, and what follows from it for the delivery and for the endpoint.

    Does nothing where the endpoint has been removed; where somebody has claimed the delivery since, only that it was
    tried.
    """
    endpoint, delivery = _hold(session, claim)
    if endpoint is None or delivery is None:
        return
    session.add(_row(claim, outcome))
    now, chance = clock.wall(), random.random()  # noqa: S311 - spreads retries, guards nothing
    if delivery.claims == claim.number and delivery.state == State.WAITING.value:
        _note_delivery(delivery, outcome, now, chance)
    _note_endpoint(session, endpoint, outcome, now, chance)


def _hold(session: Session, claim: Claim) -> tuple[Endpoint | None, Delivery | None]:
    """Hold both rows, the endpoint's first, as everybody does; who only points to them need not wait."""
    endpoint = select(Endpoint).where(Endpoint.id == claim.endpoint_id)
    delivery = select(Delivery).where(Delivery.id == claim.delivery_id)
    return (
        session.scalar(endpoint.with_for_update(key_share=True)),
        session.scalar(delivery.with_for_update(key_share=True)),
    )


def _note_delivery(delivery: Delivery, outcome: Outcome, now: datetime, chance: float) -> None:
    delivery.attempts += 1
    delivery.leased_until = None
    due_at = None
    if not outcome.is_taken and outcome.status != 410:
        due_at = rules.next_try(delivery.attempts, delivery.began_at, now, chance, outcome.wish)
    if due_at is not None:
        delivery.due_at = due_at
        return
    delivery.state = (State.DELIVERED if outcome.is_taken else State.GIVEN_UP).value
    delivery.ended_at = now


def _note_endpoint(session: Session, endpoint: Endpoint, outcome: Outcome, now: datetime, chance: float) -> None:
    endpoint.is_slow = outcome.took >= rules.SLOW
    if outcome.is_taken:
        endpoint.failures, endpoint.failing_since, endpoint.held_until = 0, None, None
        return
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or outcome.at
    endpoint.held_until = rules.held_until(endpoint.failures, now, chance, outcome.wish)
    if outcome.status == 410:
        _disable(session, endpoint, Why.GONE, now)
    elif rules.is_failing_too_long(endpoint.failing_since, now):
        _disable(session, endpoint, Why.FAILING, now)


def _disable(session: Session, endpoint: Endpoint, why: Why, now: datetime) -> None:
    if endpoint.disabled_at is not None:
        return
    endpoint.disabled_at, endpoint.disabled_because = now, why.value
    log.error("webhook endpoint disabled", alarm=True, endpoint=endpoint.public_id, because=why.value)
    cause = f"{endpoint.public_id}:{now.isoformat()}"
    raise_notice(
        session,
        "webhook_disabled",
        cause,
        publisher_id=endpoint.publisher_id,
        endpoint=endpoint.public_id,
        because=why.value,
    )


def _outcome(at: datetime, answer: Answer, took: timedelta) -> Outcome:
    said = _CONTROL.sub("", answer.body[:KEPT_BYTES].decode("utf-8", "replace"))
    wish = None if rules.is_taken(answer.status) else rules.wished(answer.headers.get("retry-after"), clock.wall())
    return Outcome(at, answer.status, took, answer=said, wish=wish)


def _row(claim: Claim, outcome: Outcome) -> Attempt:
    return Attempt(
        delivery_id=claim.delivery_id,
        at=outcome.at,
        status=outcome.status,
        milliseconds=round(outcome.took / timedelta(milliseconds=1)),
        error=outcome.error,
        answer=outcome.answer,
    )


def _since(began: float) -> timedelta:
    return timedelta(seconds=time.monotonic() - began)
