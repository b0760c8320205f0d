"""OpenAPI 3.1, made from the table of routes: what is not in the table is not in the document, nor the other way."""

import re
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from paywall import __version__
from paywall.api.describing.schemas import REF, components, parameters_of
from paywall.api.ground.routes import OpenRoute, Route
from paywall.api.routes import ROUTES

_ABOUT = """\
Ask whether a reader may read an article, tell of your articles, look after readers' rights, and be told of changes.

Send your key with every call: `Authorization: Bearer pw_sk_…`. Secret keys are for servers and never go into a page or
an address. Answers are JSON in camelCase, times ISO 8601 in UTC. Errors are `application/problem+json` and name the
field that is wrong. A "no" is an answer, not an error. Every answer says how many calls are left in this second.\
"""
_USUAL = {
    400: "Something in the request can't be taken; `errors` names each field.",
    401: "No key, or one that does not work.",
    403: "The key may not be used for this, or not from there.",
    406: "JSON is not accepted.",
    429: "More calls in a second than the key may make.",
    503: "Something can't be reached just now; try again after `Retry-After` seconds.",
}
_WITH_BODY = {
    408: "The body took too long to arrive.",
    413: "The body is too large, or compressed.",
    415: "The body is not `application/json`.",
}
_PATH_PART = re.compile(r"{(\w+)}")
_ARTICLE = "Your own id of the article; a slash in it as %2F."
_PARTS = {
    "id": _ARTICLE,
    "article": _ARTICLE,
    "grant": "Your own name for the grant.",
    "webhook": "The webhook's id (`we_…`).",
    "delivery": "The delivery's id.",
}
_PACE = {
    "RateLimit-Limit": "Calls that the key may make in a second.",
    "RateLimit-Remaining": "Calls that are left in this one.",
    "RateLimit-Reset": "Seconds until the next.",
}


@lru_cache(maxsize=64)
def document(origin: str) -> dict[str, Any]:
    """Return the document for the service at that origin. Not to be changed by those who get it."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Paywall",
            "version": __version__,
            "summary": "May this person read this article now?",
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": origin}],
        "security": [{"key": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in ROUTES if route.tag)],
        "paths": _paths(ROUTES),
        "components": {
            "schemas": components(ROUTES),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "A key from `paywall keys create`."},
                "pass": {"type": "http", "scheme": "bearer", "description": "A pass from an answer of the check."},
            },
        },
    }


def _paths(routes: Iterable[Route | OpenRoute]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return paths


def _operation(route: Route | OpenRoute) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.tag] if route.tag else [],
        "parameters": _parameters(route),
        "responses": _responses(route),
    }
    if isinstance(route, OpenRoute):
        operation["security"] = [{"pass": []}]
        return operation
    operation["description"] = _who_may(route)
    if route.body is not None:
        content = {"application/json": {"schema": {"$ref": REF.format(model=route.body.__name__)}}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _who_may(route: Route) -> str:
    pages = "; from your pages a publishable one will do" if route.is_for_pages else ""
    return f"Needs a key with the scope `{route.scope}`{pages}."


def _parameters(route: Route | OpenRoute) -> list[dict[str, Any]]:
    in_path = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": _part(route.path, name),
            "schema": {"type": "string"},
        }
        for name in _PATH_PART.findall(route.path)
    ]
    if isinstance(route, OpenRoute):
        return in_path
    in_query = parameters_of(route.query) if route.query else []
    needed = [_header(name, about, example) for name, (about, example) in (route.needs or {}).items()]
    return [*in_path, *in_query, *needed, *(_header(name, about) for name, about in (route.takes or {}).items())]


def _part(path: str, name: str) -> str:
    return "The reader's id." if name == "id" and path.startswith("/v1/readers") else _PARTS[name]


def _header(name: str, about: str, example: str | None = None) -> dict[str, Any]:
    """Describe a header; one with an example is needed."""
    schema = {"type": "string"} | ({"examples": [example]} if example else {})
    return {"name": name, "in": "header", "required": bool(example), "description": about, "schema": schema}


def _responses(route: Route | OpenRoute) -> dict[str, Any]:
    usual = {} if isinstance(route, OpenRoute) else _USUAL
    with_body = _WITH_BODY if isinstance(route, Route) and route.body else {}
    problems = {**usual, **with_body, **(route.problems or {})}
    good = _good(route)
    return good | {str(status): _problem(about) for status, about in sorted(problems.items())}


def _good(route: Route | OpenRoute) -> dict[str, Any]:
    if isinstance(route, OpenRoute):
        return {"200": {"description": route.summary, "content": {route.media_type: {"schema": {"type": "string"}}}}}
    answer: dict[str, Any] = {
        "description": HTTPStatus(route.status).phrase,
        "headers": {
            name: {"description": about, "schema": {"type": "string"}}
            for name, about in (*(route.headers or {}).items(), *_PACE.items())
        },
    }
    if route.answer is not None:
        answer["content"] = {"application/json": {"schema": {"$ref": REF.format(model=route.answer.__name__)}}}
    return {str(route.status): answer}


def _problem(about: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": REF.format(model="Problem")}}}
    return {"description": about, "content": content}
