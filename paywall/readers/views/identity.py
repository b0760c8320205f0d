"""`/-/identity`: answers the gate's knock. From outside there is nothing here."""

from typing import cast

from flask import Blueprint, Response, abort, request

from paywall.readers import current as who
from paywall.readers.knock import ENVIRON_KEY, PATH, Knock

blueprint = Blueprint("identity", __name__)


@blueprint.get(PATH)
def identity() -> Response:
    """Fill in who is signed in; 404 unless the request came from inside."""
    knock = cast("Knock | None", request.environ.get(ENVIRON_KEY))
    if knock is None:
        abort(404)
    reader = who.reader()
    if reader:
        knock.reader_id, knock.sign_in_id = reader.id, who.sign_in_id()
    return Response(status=204)
