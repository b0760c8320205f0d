"""Every page and act of /admin, as the list of routes has them, and how the door answers who calls one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from werkzeug.test import TestResponse

from paywall.admin.ground.routes import AdminRoute
from paywall.admin.parts import ROUTES
from paywall.staff.rules import Role
from tests.readers.browser import Browser

NOBODY = "999999"
"""An id that is nobody's: where the door lets pass, there is nothing behind it."""
_LED_TO = {"/login?": "sign in", "/admin/second-factor?": "second factor", "/admin/password?": "password"}


@dataclass(frozen=True, slots=True)
class Answered:
    """The door's word, and the status of the answer."""

    word: str
    """`sign in`, `not there`, `role`, `second factor`, `password`, or `open`."""
    status: int


def calls() -> Iterator[tuple[AdminRoute, str, str]]:
    """Yield each route with a method and a path to call it by."""
    for route in ROUTES:
        for method in route.methods:
            yield route, method, "/admin" + re.sub(r"<[^>]+>", NOBODY, route.path)


def ask(browser: Browser, method: str, path: str) -> str:
    """Return how the door answers, in a word."""
    return answered(browser, method, path).word


def answered(browser: Browser, method: str, path: str) -> Answered:
    """Call a page or an act, and return what came."""
    answer = browser.get(path) if method == "GET" else browser.post(path)
    assert answer.status_code < 500, (method, path)
    return Answered(_word(answer), answer.status_code)


def designed(route: AdminRoute, role: Role) -> str:
    """Return how the door should answer a member of staff."""
    return "open" if role.covers(route.role) else "role"


def _word(answer: TestResponse) -> str:
    for sign, word in _LED_TO.items():
        if (answer.location or "").startswith(sign):
            return word
    if 'name="again_password"' in answer.text:
        return "password"
    if 'name="again_code"' in answer.text:
        return "second factor"
    if answer.status_code == 404 and "admin.css" not in answer.text:
        return "not there"
    return "role" if answer.status_code == 403 else "open"
