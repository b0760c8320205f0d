"""How a reader who is signed in here becomes known to another site: to its browser and back, code for token."""

from urllib.parse import parse_qs, urlsplit

from tests.api.calling import SITE, Server
from tests.gate.visits import Browser


def code_of(browser: Browser, to: str = f"{SITE}/harbour", **more: str) -> str:
    """Send a browser to /connect and return the code that it comes back with."""
    answer = browser.get("/connect", query_string={"to": to, **more})
    assert answer.status_code == 303, answer.text
    return parse_qs(urlsplit(answer.headers["Location"]).query, keep_blank_values=True)["paywall_code"][0]


def token_of(browser: Browser, server: Server) -> str:
    """Return the reader token that the site's server gets for a browser that is signed in."""
    answer = server.post("/v1/readers/token", {"code": code_of(browser)})
    assert answer.status_code == 200, answer.text
    return str((answer.json or {})["token"])
