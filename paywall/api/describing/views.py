"""`/v1/openapi.json` for programs, `/docs` for people: both are the same for everybody."""

import json

from flask import Blueprint, Response, make_response, render_template

from paywall.publishers.letterhead import site_url
from paywall.web import current

blueprint = Blueprint("describing", __name__)

_CACHING = "public, max-age=300"


@blueprint.get("/v1/openapi.json")
def openapi() -> Response:
    """Answer with the document."""
    response = Response(json.dumps(_document()), mimetype="application/json")
    response.headers["Cache-Control"] = _CACHING
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/docs")
def docs() -> Response:
    """Show the document."""
    from paywall.api.describing.page import groups  # noqa: PLC0415 - the same

    said = _document()
    response = make_response(render_template("api/docs.html", document=said, groups=groups(said)))
    response.headers["Cache-Control"] = _CACHING
    return response


def _document() -> dict[str, object]:
    from paywall.api.describing.document import document  # noqa: PLC0415 - what makes schemas takes long to import

    return document(site_url(current.publisher(), current.settings().base_url))
