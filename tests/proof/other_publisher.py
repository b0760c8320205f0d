"""Every route, with another publisher's key or cookies: `python -m tests.proof.other_publisher`.

Two newspapers on one service. Every route of the interface's table is called with the rival's key and all its scopes,
about the first one's articles, readers and webhooks: 404 or 403, or where a route names nothing of anybody's, an answer
without a word of the first one's. Every page is asked for at the first one's host with the cookies of a subscriber of
the rival: the answer must be the one that a stranger gets. Her token and her pass open nothing there either. Last, the
first one does with its own key all that the rival tried: it works, so the refusals were of the rival.
"""

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from paywall import clock, schema
from paywall.api.routes import ROUTES
from paywall.database import Database
from paywall.web import limits
from tests.proof.two_newspapers import Paper, two_newspapers
from tests.readers.browser import Browser

KINDS = {
    "key": "calls with the other publisher's key",
    "cookies": "pages and calls with the cookies of its subscriber",
    "names": "calls that name its subscriber",
    "own": "calls with the publisher's own key, for comparison",
}
_OWN = {"list_articles", "check_batch", "put_articles", "list_webhooks", "add_webhook"}
"""Routes that name nothing of anybody's: the answer is about the caller's own."""
_REFUSED = {"exchange_code": 400, "put_article": 400, "content": 401}
"""What is no 404: a code that is nobody's, an address on nobody's site, a pass that another has signed."""


class Tried(NamedTuple):
    """One call, what it got, and whether that is right."""

    kind: str
    what: str
    status: int
    is_right: bool


def try_all(database_url: str) -> list[Tried]:
    """Try everything with what is the rival's, then the same calls with the first one's own key."""
    first, rival = two_newspapers(database_url)
    limits.install(first.product.flask, None).enabled = False
    try:
        return [*_by_key(first, rival), *_by_cookies(first, rival), *_by_names(first, rival), *_by_owner(first)]
    finally:
        first.product.database.close()


def _by_key(first: Paper, rival: Paper) -> Iterator[Tried]:
    for route in ROUTES:
        for host in (first.host, rival.host):
            answer = _call(route, first, rival, host)
            is_right = _is_right(route.name, answer, first)
            yield Tried("key", f"{route.method} {route.path} at {host}", answer.status_code, is_right)


def _is_right(name: str, answer: TestResponse, first: Paper) -> bool:
    sent = (f"{first.site}/{first.locked}", f"{first.site}/mine", f"{first.site}/hooks-of-rival", first.locked)
    said = re.sub("|".join(map(re.escape, sent)), "", answer.text)  # what the rival itself has sent may come back
    if first.name in said or answer.status_code >= 500:
        return False
    return name in _OWN or answer.status_code in (403, 404, _REFUSED.get(name))


def _by_owner(first: Paper) -> Iterator[Tried]:
    for route in sorted(ROUTES, key=lambda route: route.method == "DELETE"):
        answer = _call(route, first, first, first.host)
        yield Tried("own", f"{route.method} {route.path}", answer.status_code, 200 <= answer.status_code < 300)


def _call(route: Any, about: Paper, by: Paper, host: str) -> TestResponse:
    """Call a route about what is one paper's, as the other."""
    ids = {"id": about.locked, "article": about.locked, "grant": about.grant, "webhook": about.webhook}
    if route.path.startswith("/v1/readers"):
        ids["id"] = str(about.number)
    path = re.sub(r"{(\w+)}", lambda found: ids.get(found[1], str(about.number)), route.path)
    headers = {"X-Original-URI": f"/{about.free}"} if route.name == "authorize" else {}
    if route.name == "content":
        headers["Authorization"] = f"Bearer {by.signed_pass()}"
    query = {"check_by_query": {"url": f"{about.site}/{about.locked}"}, "find_reader": {"email": about.email}}
    more = {"query_string": query.get(route.name), "headers": headers, "base_url": f"https://{host}"}
    return by.call(route.method, path, _body(route.name, about, by), **more)


def _body(name: str, about: Paper, by: Paper) -> Any:
    address = f"{about.site}/{about.locked}"
    bodies: dict[str, Any] = {
        "check": {"article": about.locked, "visitor": "visitor-0001"},
        "check_batch": {"checks": [{"article": about.locked}, {"url": address}]},
        "put_grant": {"validUntil": f"{clock.now() + timedelta(days=9):%Y-%m-%dT%H:%M:%SZ}", "reason": "Mine now"},
        "put_article": {"title": "Mine now", "url": f"{about.site}/mine", "body": "<p>Mine.</p>"},
        "put_articles": {"articles": [{"id": "mine", "title": "Mine", "url": f"{about.site}/mine-too"}]},
        "add_webhook": {"url": f"{about.site}/hooks-of-{by.name}", "events": ["access.ended"]},
        "rotate_webhook_secret": {},
        "replay_webhook": {"since": "2026-01-01T00:00:00Z"},
    }
    return {"code": about.code()} if name == "exchange_code" else bodies.get(name)


def _by_cookies(first: Paper, rival: Paper) -> Iterator[Tried]:
    token, stranger = rival.browser.csrf_token(), Browser(first.product.flask, first.host)
    kept = {name: rival.browser.cookie(name) for name in ("__Host-session", "__Host-pass")}
    for rule in first.product.flask.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            planted = Browser(first.product.flask, first.host)
            for name, value in kept.items():
                planted.set_cookie(value, name)
            theirs = _open(planted, rule, method, first, token)
            nobodys = _open(stranger, rule, method, first, stranger.csrf_token())
            is_right = _is_a_strangers(theirs, nobodys) and not re.search(f"{first.text}|{rival.email}", theirs.text)
            yield Tried("cookies", f"{method} {rule.rule}", theirs.status_code, is_right)
    home = rival.browser.get("/account/password")
    yield Tried("cookies", "GET /account/password at home, afterwards", home.status_code, home.status_code == 200)


def _open(browser: Browser, rule: Rule, method: str, paper: Paper, token: str) -> TestResponse:
    names = {"slug": paper.name if "/articles/" not in rule.rule else paper.locked, "id": paper.locked}
    names |= {"article": paper.locked, "grant": paper.grant, "webhook": paper.webhook}
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: names.get(found[1], str(paper.number)), rule.rule)
    form = {"csrf_token": token} if method == "POST" and not path.startswith("/v1/") else None
    return browser.client.open(path, method=method, base_url=browser.base_url, data=form)


def _is_a_strangers(theirs: TestResponse, nobodys: TestResponse) -> bool:
    """Tell whether an answer is the one that a stranger gets, or refuses a form whose token is another site's."""
    here, there = ((one.status_code, one.headers.get("Location")) for one in (theirs, nobodys))
    return here == there or theirs.status_code in (400, 403)


def _by_names(first: Paper, rival: Paper) -> Iterator[Tried]:
    for named in ({"reader": rival.token()}, {"pass": rival.signed_pass()}):
        answer = first.call("POST", "/v1/check", {"article": first.locked, **named})
        said = answer.json or {}
        is_right = (said["extent"], said["pass"], said["tokenError"]) == ("preview", None, "invalid_token")
        yield Tried("names", f"POST /v1/check with its {next(iter(named))}", answer.status_code, is_right)
    cookies = "; ".join(f"{name}={rival.browser.cookie(name)}" for name in ("__Host-session", "__Host-pass"))
    for header, value in (("Cookie", cookies), ("X-Paywall-Pass", rival.signed_pass())):
        headers = {"X-Original-URI": f"/{first.locked}", header: value}
        status = first.call("GET", "/v1/authorize", headers=headers).status_code
        yield Tried("names", f"GET /v1/authorize with its {header}", status, status in (401, 403))


def summary(tried: list[Tried]) -> str:
    """Return the figure: what was answered how often, and what was wrong."""
    lines = []
    for kind, what in KINDS.items():
        mine = [one for one in tried if one.kind == kind]
        statuses = ", ".join(f"{n} x {status}" for status, n in sorted(Counter(one.status for one in mine).items()))
        wrong = [f"wrong: {kind}: {one.what}: {one.status}" for one in mine if not one.is_right]
        lines += [*wrong, f"{len(mine)} {what}: {len(wrong)} wrong ({statuses})"]
    return "\n".join(lines)


def main() -> int:
    """Print what was tried; return 1 where anything was wrong."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'paywall.sqlite3'}"
        schema.migrate(Database(url))
        tried = try_all(url)
    print(summary(tried))  # noqa: T201 - the figure
    return 0 if all(one.is_right for one in tried) else 1


if __name__ == "__main__":
    sys.exit(main())
