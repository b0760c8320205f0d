"""`GET /v1/content/{id}`: the text of an article, for whoever shows a pass that opens it.

What pages fetch after the check. The pass is all there is to it: no key, no cookie is asked for or looked at.
"""

from typing import cast

from flask import Response, current_app, request

from paywall import clock
from paywall.api.check.finding import present
from paywall.api.ground import cors
from paywall.api.ground.reception import Reception
from paywall.api.ground.routes import OpenRoute
from paywall.articles.listings import article_page
from paywall.errors import NotFound, PaywallError
from paywall.gate.access import Who
from paywall.gate.named.people import Named
from paywall.publishers.keys.ring import bearer
from paywall.web import current

_KEY = "paywall.api"


class PassRefused(PaywallError):
    """This needs a pass that holds, from an answer of /v1/check, sent as `Authorization: Bearer`."""

    status = 401
    code = "pass_refused"


class PassForAnother(PaywallError):
    """This pass opens another article."""

    status = 403
    code = "pass_for_another"


def content(article: str) -> Response:
    """Answer with the article's body as a fragment of HTML."""
    response = Response(_text(article, _holder(article)), mimetype="text/html")
    origin = request.headers.get("Origin")
    if origin and _reception().knows(request.environ, origin):
        response.headers.extend(cors.allowing(origin))
    return response


def _holder(article: str) -> Who:
    """Return who shows a pass for the article; raises PassRefused or PassForAnother."""
    token = bearer(request.headers.get("Authorization", ""))
    people = _reception().parts.gate.people
    met = people.meet(current.publisher(), article, Named(signed_pass=token), clock.now())
    if met.token_is_bad:
        raise PassRefused
    if met.signed_pass is None:
        raise PassForAnother
    return met.who


def _text(article: str, who: Who) -> str:
    """Return what the gate opens; raises NotFound, or Withdrawn, where there is no text to be opened."""
    gate, profile, now = _reception().parts.gate, current.publisher(), clock.now()
    card = gate.catalogue.by_key(profile.id, article)
    if card is None:
        raise NotFound
    decision = gate.gate.check_access(profile, present(card, now), who, counts=False, now=now).decision
    found = article_page(current.session(), profile.id, card.slug, whole=decision.is_full)
    if found is None or not decision.is_full or not found.body_html:
        raise NotFound("The text of this article is not kept here.")
    return found.body_html


def _reception() -> Reception:
    return cast(Reception, current_app.extensions[_KEY])


ROUTES = (
    OpenRoute(
        method="GET",
        path="/v1/content/{article}",
        name="content",
        summary="The text of an article, for whoever shows a pass that opens it.",
        view=content,
        media_type="text/html",
        is_for_pages=True,
        takes_slashes=True,
        problems={
            401: "No pass, or one that holds no longer.",
            403: "The pass opens another article.",
            404: "There is no such article, or its text is not kept here.",
            410: "The article was withdrawn.",
        },
        tag="Check",
    ),
)
