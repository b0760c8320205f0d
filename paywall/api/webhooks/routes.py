"""The routes of webhooks: add, list and remove addresses; see what was sent, and have it sent again."""

import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from paywall.api.ground.models import TIME_SENTENCE
from paywall.api.ground.routes import Answer, Call, Route
from paywall.api.webhooks.models import (
    DeliveriesQuery,
    DeliveryList,
    KeptAttempt,
    KeptDelivery,
    KeptWebhook,
    NewSecret,
    NewWebhook,
    Replayed,
    SentOverlap,
    SentReplay,
    SentWebhook,
    WebhookList,
)
from paywall.errors import BadInput, NotFound
from paywall.publishers.keys.rules import Scope
from paywall.telling import endpoints, listing, passing_on
from paywall.telling.endpoints import endpoint_of
from paywall.telling.listing import DeliveryFacts, EndpointFacts
from paywall.telling.parts import Telling, make_telling

_number = re.compile(r"[1-9][0-9]{0,17}").fullmatch
_NOT_FOUND = {404: "You have no such webhook."}


def add(call: Call) -> Answer:
    """Have an address told from now on."""
    sent: SentWebhook = call.body
    new = endpoints.NewEndpoint(sent.url, tuple(sent.events), sent.with_email, sent.description)
    with call.parts.database.writing() as session:
        row, secret = endpoints.add_endpoint(_telling(call), session, call.profile.id, new, actor=call.actor)
        return Answer(NewWebhook(**_values(listing.facts_of(row)), secret=secret))


def list_all(call: Call) -> Answer:
    """Return every address, and how it does."""
    with call.parts.database.reading() as session:
        found = listing.endpoint_facts(session, call.profile.id)
    return Answer(WebhookList(webhooks=[KeptWebhook(**_values(one)) for one in found]))


def remove(call: Call, webhook: str) -> Answer:
    """Forget an address and all that waits for it."""
    with call.parts.database.writing() as session:
        endpoints.remove_endpoint(session, endpoint_of(session, call.profile.id, webhook), actor=call.actor)
    return Answer(status=204)


def enable(call: Call, webhook: str) -> Answer:
    """Tell an address again that was disabled."""
    with call.parts.database.writing() as session:
        endpoints.enable_endpoint(session, endpoint_of(session, call.profile.id, webhook), actor=call.actor)
    return Answer(status=204)


def rotate(call: Call, webhook: str) -> Answer:
    """Give an address a new secret."""
    sent: SentOverlap = call.body
    overlap = timedelta(hours=sent.overlap_hours)
    with call.parts.database.writing() as session:
        held = endpoint_of(session, call.profile.id, webhook)
        secret = endpoints.rotate_secret(_telling(call), session, held, overlap=overlap, actor=call.actor)
    return Answer(NewSecret(secret=secret))


def list_deliveries(call: Call, webhook: str) -> Answer:
    """Return what was sent there and what came back, newest first."""
    query: DeliveriesQuery = call.query
    before = int(query.before) if query.before else None
    with call.parts.database.reading() as session:
        endpoint_of(session, call.profile.id, webhook)
        found = listing.delivery_facts(session, call.profile.id, webhook, before=before, most=query.limit + 1)
    shown = [_delivery(one) for one in found[: query.limit]]
    return Answer(DeliveryList(deliveries=shown, next=shown[-1].id if len(found) > query.limit else None))


def replay_since(call: Call, webhook: str) -> Answer:
    """Send again all that there was since a moment."""
    sent: SentReplay = call.body
    since = _in_utc(sent.since, ZoneInfo(call.profile.timezone))
    count = passing_on.replay_since(call.parts.database, call.profile.id, webhook, since)
    return Answer(Replayed(events=count))


def replay(call: Call, webhook: str, delivery: str) -> Answer:
    """Send one event again."""
    if not _number(delivery):
        raise NotFound("There is no such delivery.")
    with call.parts.database.writing() as session:
        passing_on.replay(session, endpoint_of(session, call.profile.id, webhook), int(delivery))
    return Answer(Replayed(events=1))


def _in_utc(moment: datetime, zone: ZoneInfo) -> datetime:
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:  # at either end of the calendar
        raise BadInput("since", TIME_SENTENCE) from None


def _telling(call: Call) -> Telling:
    return make_telling(call.parts.settings, call.parts.database)


def _values(one: EndpointFacts) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "url": one.url,
        "events": list(one.turns),
        "with_email": one.with_email,
        "description": one.description,
        "created_at": one.created_at,
        "failing_since": one.failing_since,
        "disabled_because": one.disabled_because,
        "waiting": one.waiting,
    }


def _delivery(one: DeliveryFacts) -> KeptDelivery:
    return KeptDelivery(
        id=str(one.number),
        message_id=one.message_id,
        event=one.turn,
        reader_id=None if one.reader_id is None else str(one.reader_id),
        state=one.state,
        began_at=one.began_at,
        next_try_at=one.due_at,
        attempts=[KeptAttempt(**asdict(tried)) for tried in one.attempts],
    )


_route = partial(Route, scope=Scope.WEBHOOKS, tag="Webhooks")

ROUTES = (
    _route(
        method="POST",
        path="/v1/webhooks",
        name="add_webhook",
        summary="Have an address told of every change of access from now on.",
        handler=add,
        body=SentWebhook,
        answer=NewWebhook,
        status=201,
    ),
    _route(
        method="GET",
        path="/v1/webhooks",
        name="list_webhooks",
        summary="Every address that is told, and how it does.",
        handler=list_all,
        answer=WebhookList,
    ),
    _route(
        method="DELETE",
        path="/v1/webhooks/{webhook}",
        name="remove_webhook",
        summary="Forget an address, and all that waits for it.",
        handler=remove,
        status=204,
        problems=_NOT_FOUND,
    ),
    _route(
        method="POST",
        path="/v1/webhooks/{webhook}/enable",
        name="enable_webhook",
        summary="Tell an address again that was disabled; what waited goes out first.",
        handler=enable,
        status=204,
        problems=_NOT_FOUND,
    ),
    _route(
        method="POST",
        path="/v1/webhooks/{webhook}/secret",
        name="rotate_webhook_secret",
        summary="Give an address a new secret; for a while messages carry both signatures.",
        handler=rotate,
        body=SentOverlap,
        answer=NewSecret,
        problems=_NOT_FOUND,
    ),
    _route(
        method="GET",
        path="/v1/webhooks/{webhook}/deliveries",
        name="list_deliveries",
        summary="What was sent there and what came back, newest first.",
        handler=list_deliveries,
        query=DeliveriesQuery,
        answer=DeliveryList,
        problems=_NOT_FOUND,
    ),
    _route(
        method="POST",
        path="/v1/webhooks/{webhook}/replay",
        name="replay_webhook",
        summary="Send again all that there was since a moment, heard or not. Ids stay the same.",
        handler=replay_since,
        body=SentReplay,
        answer=Replayed,
        problems=_NOT_FOUND,
    ),
    _route(
        method="POST",
        path="/v1/webhooks/{webhook}/deliveries/{delivery}/replay",
        name="replay_delivery",
        summary="Send one event again, under the same id.",
        handler=replay,
        answer=Replayed,
        problems=_NOT_FOUND,
    ),
)
