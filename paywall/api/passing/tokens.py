"""`POST /v1/readers/token`: a site's server exchanges the code that a browser brought for a reader token."""

from datetime import datetime

from pydantic import Field

from paywall import clock
from paywall.api.ground.models import ApiModel
from paywall.api.ground.routes import Answer, Call, Route
from paywall.errors import BadInput
from paywall.publishers.keys.rules import Scope
from paywall.readers import codes

_LONGEST_CODE = 200


class CodeExchange(ApiModel):
    """The code, as it stood in the address."""

    code: str = Field(min_length=1, max_length=_LONGEST_CODE, description="What `paywall_code=` brought.")


class ReaderToken(ApiModel):
    """What to name the reader by from now on, while the reader stays signed in."""

    token: str
    expires_at: datetime


def exchange(call: Call) -> Answer:
    """Return the token of whom the code was given; a code works once, for a minute, for its own publisher."""
    wanted: CodeExchange = call.body
    with call.parts.database.writing() as session:
        signed_in = codes.redeem_code(session, call.profile.id, wanted.code, clock.wall())
    tokens = call.parts.gate.people.tokens
    token = tokens.make(call.profile.id, signed_in, clock.now()) if signed_in else None
    if token is None:
        raise BadInput("code", "This code is used, too old, or not one of yours. Send the browser to /connect again.")
    return Answer(ReaderToken(token=token.value, expires_at=token.expires_at))


ROUTES = (
    Route(
        method="POST",
        path="/v1/readers/token",
        name="exchange_code",
        summary="Exchange the code that a browser brought for a reader token.",
        handler=exchange,
        scope=Scope.CHECK,
        body=CodeExchange,
        answer=ReaderToken,
        tag="Readers",
    ),
)
