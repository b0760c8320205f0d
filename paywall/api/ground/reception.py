"""Receiving a call: what must be so of every one, before anybody looks at what it is about."""

from typing import TYPE_CHECKING

from paywall.api.ground import cors
from paywall.api.ground.cors import Headers
from paywall.api.ground.models import from_json, from_query
from paywall.api.ground.pace import TooManyCalls, pace_headers
from paywall.api.ground.reading import judge_accept, read_json, read_query, refuse_key_in_query
from paywall.api.ground.routes import Call, Parts, Route
from paywall.errors import UnknownHost
from paywall.publishers.keys.errors import OriginRefused, ScopeMissing
from paywall.publishers.keys.rules import Caller
from paywall.web.addresses import client_address, network_of
from paywall.web.problems import BadFields, FieldError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PRIVATE: Headers = [
    ("Cache-Control", "private, no-store"),
    ("X-Content-Type-Options", "nosniff"),
    cors.VARY,
]
"""What every answer carries, whatever it says."""


class Reception:
    """Receives calls. Safe to share between threads."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def receive(self, environ: "WSGIEnvironment", route: Route, headers: Headers) -> Call:
        """Return the call, or raise what is wrong with it; `headers` gains what goes with either answer."""
        refuse_key_in_query(environ)
        judge_accept(environ)
        caller, network = self._admit(environ, route, headers)
        body = query = None
        if route.body is not None:
            is_friend = not caller.is_publishable
            body = from_json(route.body, read_json(environ, route.most_bytes, is_friend=is_friend))
        if route.query is not None:
            query = from_query(route.query, read_query(environ))
        elif environ.get("QUERY_STRING"):
            raise BadFields(FieldError(name[:100], "There is no such parameter.") for name in read_query(environ))
        return Call(self.parts, caller, self.parts.profiles.of(caller.publisher_id), body, query, environ, network)

    def preflight(self, environ: "WSGIEnvironment") -> Headers:
        """Return what a browser is told that asks whether a page may call; nothing for pages of nobody's."""
        origin = environ.get("HTTP_ORIGIN")
        return cors.preflight(origin) if origin and self.knows(environ, origin) else []

    def knows(self, environ: "WSGIEnvironment", origin: str) -> bool:
        """Tell whether pages of `origin` may read answers of the publisher at this host."""
        try:
            profile = self.parts.profiles.at_host(environ.get("HTTP_HOST", ""))
        except UnknownHost:
            return False
        return origin in self.parts.keys.origins_of(profile.id)

    def _admit(self, environ: "WSGIEnvironment", route: Route, headers: Headers) -> tuple[Caller, str]:
        origin = cors.calling_origin(environ)
        caller = self.parts.keys.authenticate(environ.get("HTTP_AUTHORIZATION"), origin)
        if origin is not None:
            headers += cors.allowing(origin)
        if caller.is_publishable and not route.is_for_pages:
            raise OriginRefused("A publishable key can be read by everybody: this needs a secret one.")
        if route.scope not in caller.scopes:
            raise ScopeMissing(f"This needs a key with the scope {route.scope}.")
        network = self._network(environ) if caller.is_publishable else ""
        left = self.parts.pace.count(caller, network=network)
        headers += pace_headers(caller, left)
        if left < 0:
            raise TooManyCalls
        return caller, network

    def _network(self, environ: "WSGIEnvironment") -> str:
        forwarded, trusted = environ.get("HTTP_X_FORWARDED_FOR", ""), self.parts.settings.trusted_proxies
        return network_of(client_address(environ.get("REMOTE_ADDR", ""), forwarded, trusted))
