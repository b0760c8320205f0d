"""`/connect`: a browser is sent here by another site of the publisher, and back with a code that says who it is.

Only to sites that the publisher has named. The code is of use to the site's server alone, which exchanges it with its
key; it works once, for a minute.
"""

from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from flask import Blueprint, Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from paywall import clock
from paywall.errors import BadInput
from paywall.readers import codes
from paywall.readers import current as who
from paywall.readers.codes import SignedIn
from paywall.web import current
from paywall.web.addresses import safe_next

blueprint = Blueprint("connecting", __name__)

CODE, STATE = "paywall_code", "paywall_state"
_LONGEST_STATE = 512


class BadWayBack(BadInput):
    """Where to send a browser that comes from nowhere we know."""

    status = 400


@blueprint.get("/connect")
def connect() -> ResponseReturnValue:
    """Send the browser back to `to` with a code; who is not signed in signs in first, unless `quiet=1`."""
    to, state = _way_back(), _state()
    reader, sign_in_id = who.reader(), who.sign_in_id()
    if reader is not None and sign_in_id is not None:
        signed_in = SignedIn(reader.id, sign_in_id)
        return _back(to, state, codes.give_code(current.session(), current.publisher().id, signed_in, clock.wall()))
    if request.args.get("quiet") == "1":
        return _back(to, state, "")
    return redirect(f"/login?next={quote(request.full_path, safe='/')}", 302)


def _way_back() -> str:
    to = safe_next(request.args.get("to"), "", current.publisher().sites)
    if to.startswith(("https://", "http://")):
        return to
    raise BadWayBack("to", "This link does not lead back to a site of this newspaper.")


def _state() -> str:
    state = request.args.get("state", "")
    if len(state) > _LONGEST_STATE or not state.isprintable():
        raise BadWayBack("state", "This link is damaged. Go back, and try again.")
    return state


def _back(to: str, state: str, code: str) -> Response:
    """Send the browser back; an older code or state in the address is replaced."""
    parts = urlsplit(to)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in (CODE, STATE)]
    query = urlencode([*kept, (CODE, code), *([(STATE, state)] if state else [])])
    response = make_response(redirect(urlunsplit(parts._replace(query=query)), 303))
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
