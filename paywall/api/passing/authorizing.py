"""`GET /v1/authorize`: a proxy asks for each page whether it may be sent, in the way of nginx's auth_request.

204 opens the page, 403 leaves the preview, 401 answers a bad pass. The browser's cookies come along, as the proxy
stands before our own sign-in page, too. Each cookie to be set has a header of its own: nginx can pass on no list.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from paywall import clock
from paywall.api.check.asking import is_prefetch
from paywall.api.check.finding import present
from paywall.api.ground.routes import Answer, Call, Route
from paywall.api.passing.content import PassRefused
from paywall.articles.addresses import spellings
from paywall.articles.rules import ArticleCard
from paywall.errors import BadInput, NotFound
from paywall.gate import edge_passes
from paywall.gate.cookies import drop, keep
from paywall.gate.named.people import Met, Named
from paywall.gate.remote_check import OPENS_EVERYTHING, Told
from paywall.publishers.keys.rules import Scope
from paywall.web.cookies import EDGE_COOKIES, cookie_names
from paywall.web.problems import Problem

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Headers = list[tuple[str, str]]
_slug = re.compile(r"/articles/([a-z0-9-]+)(?:[?#].*)?").fullmatch
_PREVIEW = Problem(403, "preview", "This browser may have the preview; Paywall-Decision says why.").body


def authorize(call: Call) -> Answer:
    """Decide on the page that the proxy was asked for."""
    now = clock.now()
    card = _card(call, now)
    met = _meet(call, card, now)
    counts = call.environ.get("HTTP_X_ORIGINAL_METHOD", "GET") == "GET" and not is_prefetch(call.environ)
    referrer = call.environ.get("HTTP_REFERER", "")
    told = call.parts.gate.remote(call.profile, card, met, counts=counts, referrer=referrer, now=now)
    headers: Headers = [("Paywall-Decision", told.decision.header), *_cookies(call, told, met)]
    if told.degraded:
        headers.append(("Paywall-Degraded", told.degraded))
    if told.signed_pass:
        headers.append(("X-Paywall-Pass", told.signed_pass.token))
    is_full = told.decision.is_full
    return Answer(None if is_full else _PREVIEW, 204 if is_full else 403, tuple(headers))


def _card(call: Call, now: datetime) -> ArticleCard:
    """Return the article at the address that was asked for: on any of the sites, or at its path here."""
    uri = call.environ.get("HTTP_X_ORIGINAL_URI", "")
    if not uri.startswith("/") or uri.startswith("//"):
        raise BadInput("X-Original-URI", "Give the path that the browser asked for: $request_uri.")
    catalogue, publisher_id = call.parts.gate.catalogue, call.profile.id
    found = _slug(uri)
    card = catalogue.card(publisher_id, found[1]) if found else None
    if card is None or not _is_at(card, uri, call.profile.sites):
        there = (catalogue.at_address(publisher_id, site + uri) for site in call.profile.sites)
        card = next((one for one in there if one), card)
    if card is None:
        raise NotFound("You have no article at that address.")
    return present(card, now)


def _is_at(card: ArticleCard, uri: str, sites: Iterable[str]) -> bool:
    """Tell whether an article may be what a path shows: one that lives at another address only has such a name."""
    return card.url is None or any(card.url in spellings(site + uri) for site in sites)


def _meet(call: Call, card: ArticleCard, now: datetime) -> Met:
    people, token = call.parts.gate.people, call.environ.get("HTTP_X_PAYWALL_PASS")
    if token:
        met = people.meet(call.profile, card.key, Named(signed_pass=token), now)
        if met.token_is_bad:
            raise PassRefused
        if met.signed_pass:
            return met
    return people.meet_browser(_at_home(call), call.profile, Named(), now)


def _at_home(call: Call) -> "WSGIEnvironment":
    """Return the environment as of a request to the publisher's own host: whose readers are meant, the key says."""
    hosts = call.profile.hosts
    return call.environ if call.environ.get("HTTP_HOST") in hosts else {**call.environ, "HTTP_HOST": hosts[0]}


def _cookies(call: Call, told: Told, met: Met) -> Headers:
    """Return each cookie as Set-Cookie, and under the name by which a proxy can tell it from the others."""
    settings = call.parts.settings
    visitor = cookie_names(https=settings.is_https).visitor
    named = [("Visitor" if cookie.startswith(f"{visitor}=") else "Pass", cookie) for cookie in told.cookies]
    named += _edge_cookies(call, told, met)
    return [header for name, cookie in named for header in (("Set-Cookie", cookie), (f"Paywall-Set-{name}", cookie))]


def _edge_cookies(call: Call, told: Told, met: Met) -> list[tuple[str, str]]:
    """Return the cookies that let the proxy open everything by itself; those of who has lost it are dropped."""
    settings, profile = call.parts.settings, call.profile
    names = cookie_names(https=settings.is_https)
    labels = dict(zip(EDGE_COOKIES, ("Edge", "Edge-Fresh"), strict=True))
    if not told.decision.is_full or told.decision.reason not in OPENS_EVERYTHING or met.who.proof:
        sent = call.environ.get("HTTP_COOKIE", "")
        return [(labels[name], drop(names, name)) for name in EDGE_COOKIES if f"{name}=" in sent]
    secret = edge_passes.edge_secret(settings.secret_key, profile.id, profile.edge_secret_number)
    made = edge_passes.cookies(secret, clock.wall(), _ends(met))
    return [(labels[one.name], keep(names, one.name, one.value, one.seconds)) for one in made]


def _ends(met: Met) -> datetime | None:
    """Return the wall time at which the right ends that a pass tells of."""
    known = met.who.known
    if known is None or known.is_staff or not known.opens_everything(clock.now().timestamp()):
        return None
    return clock.wall() + (datetime.fromtimestamp(known.open_until, UTC) - clock.now())


ROUTES = (
    Route(
        method="GET",
        path="/v1/authorize",
        name="authorize",
        summary="May a proxy send this page to this browser?",
        handler=authorize,
        scope=Scope.CHECK,
        status=204,
        needs={"X-Original-URI": ("The path that the browser asked for.", "/articles/harbour-2026-11-27")},
        takes={
            "X-Original-Method": "GET counts, all else does not; GET where it is left out.",
            "X-Paywall-Pass": "A pass that the browser has shown.",
        },
        problems={
            401: "The pass in X-Paywall-Pass holds no longer.",
            403: "The preview: Paywall-Decision says why.",
            404: "There is no article at that address.",
            410: "The article was withdrawn.",
        },
        headers={
            "Paywall-Decision": "The decision in one line.",
            "X-Paywall-Pass": "A pass for what was opened.",
            "Paywall-Set-Visitor": "The Set-Cookie value of a new visitor.",
            "Paywall-Set-Pass": "The Set-Cookie value of a new or dropped pass.",
            "Paywall-Set-Edge": "The Set-Cookie value by which the proxy opens everything for two minutes.",
            "Paywall-Set-Edge-Fresh": "Gone after two minutes: then the next page asks again.",
        },
        is_before_flask=True,
        tag="Proxies",
    ),
)
