"""Answering before Flask: the routes that are called with every page view of a publisher's site."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy.exc import SQLAlchemyError
from structlog import get_logger

from paywall.api.ground.blueprint import json_of
from paywall.api.ground.cors import Headers
from paywall.api.ground.reception import PRIVATE, Reception
from paywall.api.ground.routes import OpenRoute, Route
from paywall.errors import DatabaseUnavailable, PaywallError
from paywall.gate.rights import can_not_be_reached
from paywall.web.problems import MEDIA_TYPE, Problem, problem_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = get_logger()
STATUS = {200: "200 OK", 201: "201 Created", 202: "202 Accepted", 204: "204 No Content", 403: "403 Forbidden"}
_JSON = ("Content-Type", "application/json")
_PROBLEM = ("Content-Type", MEDIA_TYPE)


class Reply(NamedTuple):
    """An answer, ready to be sent."""

    status: str
    headers: Headers
    body: bytes


Door = Callable[["WSGIEnvironment"], Reply]


class Front:
    """Stands in front of the application and answers a few paths. Safe to share between threads."""

    def __init__(self, application: "WSGIApplication", doors: Mapping[str, Door]) -> None:
        self._application, self._doors = application, doors

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a call, or hand the request on."""
        door = self._doors.get(environ.get("PATH_INFO", ""))
        if door is None:
            return self._application(environ, start_response)
        status, headers, body = door(environ)
        start_response(status, headers)
        return [body] if body else []


class ApiDoor:
    """Answers one path of the interface."""

    def __init__(self, routes: Iterable[Route], reception: Reception) -> None:
        self._routes = {route.method: route for route in routes}
        self._reception = reception
        self._allow = ", ".join([*self._routes, "OPTIONS"])

    def __call__(self, environ: "WSGIEnvironment") -> Reply:
        """Answer one call, whatever it is."""
        headers: Headers = PRIVATE.copy()
        route = self._routes.get(environ["REQUEST_METHOD"])
        try:
            if route is None:
                return self._other_method(environ, headers)
            call = self._reception.receive(environ, route, headers)
            answer = route.handler(call)
        except Exception as error:  # noqa: BLE001 - an answer is owed, whatever happens
            return refuse(error, environ, headers)
        body = answer.body if type(answer.body) is bytes else json_of(answer.body)
        headers += answer.headers
        if answer.status != 204:
            headers += (_JSON if answer.status < 400 else _PROBLEM, ("Content-Length", str(len(body))))
        return Reply(STATUS[answer.status], headers, body)

    def _other_method(self, environ: "WSGIEnvironment", headers: Headers) -> Reply:
        if environ["REQUEST_METHOD"] == "OPTIONS":
            return Reply(STATUS[204], headers + self._reception.preflight(environ), b"")
        return _reply(Problem(405, "method_not_allowed", ""), [*headers, ("Allow", self._allow)], environ)


def doors(routes: Iterable[Route | OpenRoute], reception: Reception) -> dict[str, Door]:
    """Return a door for each path that is answered before Flask."""
    early = [route for route in routes if isinstance(route, Route) and route.is_before_flask]
    return {path: ApiDoor([r for r in early if r.path == path], reception) for path in {r.path for r in early}}


def refuse(error: Exception, environ: "WSGIEnvironment", headers: Headers) -> Reply:
    """Return what is answered in place of an error."""
    return _reply(_problem(error, environ), headers, environ)


def _problem(error: Exception, environ: "WSGIEnvironment") -> Problem:
    if isinstance(error, PaywallError):
        return problem_of(error)
    if isinstance(error, SQLAlchemyError) and can_not_be_reached(error):
        return problem_of(DatabaseUnavailable())
    if isinstance(error, UnicodeError):
        return Problem(400, "bad_text", "Something you sent is not valid text.")
    log.error("unforeseen", path=environ.get("PATH_INFO"), exc_info=error)
    return Problem(500, "internal_error", "")


def _reply(problem: Problem, headers: Headers, environ: "WSGIEnvironment") -> Reply:
    body = b"" if environ["REQUEST_METHOD"] == "HEAD" else problem.body
    known = {name for name, _ in headers}
    more = [pair for pair in problem.headers if pair[0] not in known]
    title = json.loads(problem.body)["title"]
    return Reply(f"{problem.status} {title}", [*headers, *more, ("Content-Length", str(len(body)))], body)
