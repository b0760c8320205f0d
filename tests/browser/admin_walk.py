"""Walks through /admin as an admin does: from link to link, each route once, with what the browser complains of."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from paywall.admin.parts import ROUTES
from paywall.demo.staff_door import PATH as DOOR

HOME = "/admin"
_LISTENER = """
window.complaints = [];
document.addEventListener('securitypolicyviolation', event =>
  window.complaints.push(event.violatedDirective + ' ' + event.blockedURI));
"""
_LINKS = """
[...document.querySelectorAll('a[href]:not([download])')].map(link => new URL(link.href))
  .filter(address => address.origin === location.origin).map(address => address.pathname + address.search)
"""
_MAP = Map([Rule(f"{HOME}{route.path}", endpoint=route.name) for route in ROUTES if "GET" in route.methods])
PAGES = {route.name for route in ROUTES if "GET" in route.methods}


@dataclass
class Stop:
    """One page on the way: the route's name, where it was, and what the browser said."""

    name: str
    path: str
    status: int
    is_page: bool
    """False for what answers with a file, to which the browser did not go."""
    complaints: list[str] = field(default_factory=list)
    """Broken rules of the content security policy, and errors of scripts."""


def fact(page: Page, name: str) -> str:
    """Return what the demo's door says about how to get in."""
    page.goto(DOOR)
    return page.locator(f"dt:has-text('{name}') + dd").inner_text().split(",")[0].strip()


def enter(page: Page) -> None:
    """Sign in at the demo as its admin, with both factors."""
    email, password, code = (fact(page, name) for name in ("Address", "Password", "Code of this moment"))
    page.goto("/login?next=/admin")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.locator("main form button[type=submit]").first.click()
    page.get_by_label("Code").fill(code)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"**{HOME}")


def walk(page: Page) -> Iterator[Stop]:
    """Yield each page of /admin that a link leads to, as it stands in the browser; one address for each route."""
    page.add_init_script(_LISTENER)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    waiting, seen = {"front": HOME}, set[str]()
    while waiting:
        name, path = waiting.popitem()
        seen.add(name)
        answer = page.request.get(path)
        if "html" not in answer.headers.get("content-type", ""):
            yield Stop(name, path, answer.status, is_page=False)
            continue
        page.goto(path)
        yield Stop(name, path, answer.status, True, [*page.evaluate("window.complaints"), *errors])
        errors.clear()
        waiting |= {one: to for to in page.evaluate(_LINKS) if (one := route_of(to)) and one not in seen}


def route_of(path: str) -> str | None:
    """Return the name of the route of /admin that answers this address, None if it is none of them."""
    try:
        return str(_MAP.bind("").match(path.partition("?")[0])[0])
    except HTTPException:
        return None
