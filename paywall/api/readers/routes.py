"""The routes of readers: who has an account, what lets them in, and letting them in."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from paywall import clock
from paywall.api.ground.routes import Answer, Call, Route
from paywall.api.readers.models import Entitlements, FoundReader, KeptEntitlement, ReaderQuery, SentGrant
from paywall.entitlements.comps import end_grant, name_of_grant, put_grant
from paywall.entitlements.reading import entitlements_of
from paywall.entitlements.rules import Entitlement
from paywall.errors import BadInput, NotFound
from paywall.publishers.keys.rules import Scope
from paywall.readers.finding import find_reader, reader_by_id

_reader_id = re.compile(r"[1-9][0-9]{0,17}").fullmatch
_grant_name = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.~-]{0,99}").fullmatch
_NO_READER = {404: "There is no such reader."}
_NO_GRANT = {404: "There is no such reader, or no such grant."}


def find(call: Call) -> Answer:
    """Return the reader with that address."""
    query: ReaderQuery = call.query
    with call.parts.database.reading() as session:
        reader = find_reader(session, call.profile.id, query.email)
        confirmed = reader.confirmed_at is not None
        found = FoundReader(id=str(reader.id), email=reader.email, is_confirmed=confirmed, created_at=reader.created_at)
    return Answer(found)


def entitlements(call: Call, id: str) -> Answer:  # noqa: A002 - what the path calls it
    """Return all that lets a reader in, or did."""
    reader_id, now = _number(id), clock.now()
    with call.parts.database.reading() as session:
        if reader_by_id(session, call.profile.id, reader_id) is None:
            raise NotFound("There is no such reader.")
        held = [_kept(one, now) for one in entitlements_of(session, reader_id)]
    return Answer(Entitlements(reader=id, is_entitled=any(one.is_open for one in held), entitlements=held))


def put(call: Call, id: str, grant: str) -> Answer:  # noqa: A002
    """Let a reader in until a moment; the same name again moves it."""
    sent: SentGrant = call.body
    ends_at, reader_id, name = _aware(sent.valid_until, call.profile.timezone), _number(id), _name(grant)
    with call.parts.database.writing() as session:
        given = put_grant(
            session, call.profile.id, reader_id, name, ends_at=ends_at, reason=sent.reason, actor=call.actor
        )
    return Answer(_kept(given, clock.now()))


def end(call: Call, id: str, grant: str) -> Answer:  # noqa: A002
    """End at once what was granted under that name."""
    with call.parts.database.writing() as session:
        end_grant(session, call.profile.id, _number(id), _name(grant), actor=call.actor)
    return Answer(status=204)


def _kept(one: Entitlement, now: datetime) -> KeptEntitlement:
    return KeptEntitlement(
        source=one.source,
        grant=name_of_grant(one),
        standing=one.standing,
        valid_until=one.valid_until,
        paid_through_at=one.paid_through_at,
        is_suspended=one.suspended,
        is_open=one.grants_access(now),
    )


def _number(raw: str) -> int:
    if not _reader_id(raw):
        raise NotFound("There is no such reader.")
    return int(raw)


def _name(raw: str) -> str:
    if not _grant_name(raw):
        raise BadInput("grant", "Name a grant by up to 100 of A-Z a-z 0-9 _ . ~ -")
    return raw


def _aware(moment: datetime, timezone: str) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))


ROUTES = (
    Route(
        method="GET",
        path="/v1/readers",
        name="find_reader",
        summary="The reader with an address.",
        handler=find,
        scope=Scope.READERS,
        query=ReaderQuery,
        answer=FoundReader,
        problems={404: "No reader has that address."},
        tag="Readers",
    ),
    Route(
        method="GET",
        path="/v1/readers/{id}/entitlements",
        name="get_entitlements",
        summary="What lets a reader in, and until when.",
        handler=entitlements,
        scope=Scope.READERS,
        answer=Entitlements,
        problems=_NO_READER,
        tag="Readers",
    ),
    Route(
        method="PUT",
        path="/v1/readers/{id}/grants/{grant}",
        name="put_grant",
        summary="Let a reader in until a moment, under a name of yours; the same name again moves it.",
        handler=put,
        scope=Scope.READERS,
        body=SentGrant,
        answer=KeptEntitlement,
        problems=_NO_READER,
        tag="Readers",
    ),
    Route(
        method="DELETE",
        path="/v1/readers/{id}/grants/{grant}",
        name="end_grant",
        summary="End at once what you granted under a name.",
        handler=end,
        scope=Scope.READERS,
        status=204,
        problems=_NO_GRANT,
        tag="Readers",
    ),
)
