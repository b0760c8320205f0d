"""Sign-ups as the application answers them: which article they lead back to. Watching changes no answer."""

from flask import Flask, Response, request

from paywall import clock
from paywall.meter import visitor
from paywall.readers.current import reader
from paywall.readership.buffer import Readership
from paywall.readership.noting import NotedStep
from paywall.readership.rules import Step
from paywall.readership.steps import account
from paywall.settings import Settings
from paywall.web.cookies import cookie_names

_SIGN_UP = "signing_up.sign_up"
_DONE = 303
_NEW_SECONDS = 120
"""How old an account is at most that was opened by this very request; each counts once anyway."""


def install(app: Flask, settings: Settings, readership: Readership) -> None:
    """Have sign-ups noted; what cookies say of the visitor is asked of the signed one alone."""
    cookie = cookie_names(https=settings.is_https).visitor
    key = visitor.visitor_key(settings.secret_key)

    @app.after_request
    def _watch(response: Response) -> Response:
        if request.endpoint == _SIGN_UP and request.method == "POST" and response.status_code == _DONE:
            _note(readership, response.headers.get("Location", ""), visitor.read(key, request.cookies.get(cookie, "")))
        return response


def _note(readership: Readership, goal: str, visitor_id: str | None) -> None:
    somebody, now = reader(), clock.now()
    if somebody is None or (now - somebody.created_at).total_seconds() > _NEW_SECONDS:
        return
    who = (f"r{somebody.id}", *((f"v{visitor_id}",) if visitor_id else ()))
    step = NotedStep(somebody.publisher_id, Step.SIGN_UP, account(somebody.id), goal, who, now)
    readership.note(step)
