"""The routes that Flask answers, as one blueprint: a call is received, handled, and its answer sent as JSON."""

from collections.abc import Callable, Iterable

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue

from paywall.api.ground.models import ApiModel
from paywall.api.ground.reception import PRIVATE, Reception
from paywall.api.ground.routes import Answer, OpenRoute, Route

JSON = "application/json"


def make_blueprint(routes: Iterable[Route | OpenRoute], reception: Reception) -> Blueprint:
    """Return the blueprint of all routes that are not answered before Flask."""
    blueprint = Blueprint("api", __name__)
    for_pages: set[str] = set()
    for route in routes:
        rule = route.path.replace("{", "<path:" if route.takes_slashes else "<").replace("}", ">")
        if isinstance(route, OpenRoute):
            view: Callable[..., ResponseReturnValue] = route.view
        elif route.is_before_flask:
            continue
        else:
            view = _view(route, reception)
        own = {"provide_automatic_options": False} if route.is_for_pages else {}  # Flask's would hide our preflight
        blueprint.add_url_rule(rule, route.name, view, methods=[route.method], **own)
        for_pages |= {rule} if route.is_for_pages else set()
    for rule in for_pages:
        _answer_preflights(blueprint, rule, reception)
    blueprint.after_request(_finish)
    return blueprint


def json_of(body: ApiModel | bytes | None) -> bytes:
    """Return an answer's body as it is sent."""
    if isinstance(body, ApiModel):
        return body.model_dump_json(by_alias=True).encode()
    return body or b""


def _view(route: Route, reception: Reception) -> Callable[..., ResponseReturnValue]:
    def view(**names: str) -> ResponseReturnValue:
        g.api_headers = []
        call = reception.receive(request.environ, route, g.api_headers)
        return _response(route.handler(call, **names), route)

    return view


def _response(answer: Answer, route: Route) -> Response:
    status = route.status if answer.status == 200 else answer.status
    return Response(json_of(answer.body), status, list(answer.headers), mimetype=JSON)


def _answer_preflights(blueprint: Blueprint, rule: str, reception: Reception) -> None:
    def preflight(**_names: str) -> ResponseReturnValue:
        return Response(status=204, headers=reception.preflight(request.environ))

    blueprint.add_url_rule(rule, f"preflight {rule}", preflight, methods=["OPTIONS"])


def _finish(response: Response) -> Response:
    for name, value in (*PRIVATE, *g.get("api_headers", ())):
        if name not in response.headers or name == "Vary":
            response.headers.add(name, value)
    return response
