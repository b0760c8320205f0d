"""Walks through /admin as an admin does: from link to link, each route once, with what the browser complains of."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from paywall.admin.parts import ROUTES
from paywall.demo.company import COMPANY
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
_MANY = "dossier"
"""The route of which every address is walked to: what can be done for a reader depends on the reader."""
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
    """Broken rules of the content security policy."""
    errors: list[str] = field(default_factory=list)
    """Of scripts."""


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


def meet_company(page: Page) -> None:
    """Wait until all have come who come by themselves, and a turn of the work that follows."""
    for _ in range(200):
        page.goto(f"{HOME}/subscribers?q={COMPANY[-1].name}")
        if page.get_by_text(f"{COMPANY[-1].name}@").count():
            return _see_figures(page)
        page.wait_for_timeout(500)
    raise AssertionError("the company has not come")


def _see_figures(page: Page) -> None:
    """Wait until what they paid is in the figures."""
    for _ in range(200):
        page.goto(f"{HOME}/dashboard")
        if page.get_by_role("heading", name="Renewals due").count():
            return
        page.wait_for_timeout(500)
    raise AssertionError("the figures have not been made")


def send_a_list(page: Page) -> None:
    """Send a list of subscribers, so that there is an import to look at."""
    page.goto(f"{HOME}/import")
    file = b"address,ends,colour\nanna@example.com,2031-04-30,red\nnobody,2031-02-30,blue\n"
    page.get_by_label("File").set_input_files({"name": "list.csv", "mimeType": "text/csv", "buffer": file})
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("heading", name="Import 1").wait_for()


def walk(page: Page) -> Iterator[Stop]:
    """Yield each page of /admin that a link leads to, as it stands in the browser.

    One address for each route is enough, but for the readers: there every one is looked at.
    """
    page.add_init_script(_LISTENER)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    waiting, seen = {"front": HOME}, set[str]()
    while waiting:
        key, path = waiting.popitem()
        seen.add(key)
        answer = page.request.get(path)
        if "html" not in answer.headers.get("content-type", ""):
            yield Stop(key, path, answer.status, is_page=False)
            continue
        page.goto(path)
        name, complaints = route_of(path) or key, page.evaluate("window.complaints")
        yield Stop(name, path, answer.status, is_page=True, complaints=complaints, errors=[*errors])
        errors.clear()
        ways = {_key(to): to for to in page.evaluate(_LINKS) if route_of(to)}
        waiting |= {one: to for one, to in ways.items() if one not in seen}


def _key(path: str) -> str:
    name = route_of(path) or ""
    return path.partition("?")[0] if name == _MANY else name


def route_of(path: str) -> str | None:
    """Return the name of the route of /admin that answers this address, None if it is none of them."""
    try:
        return str(_MAP.bind("").match(path.partition("?")[0])[0])
    except HTTPException:
        return None
