"""Every route, with another publisher's key or cookies: `python -m tests.proof.other_publisher`.

Two newspapers on one service. Every route of the interface's table is called with the rival's key and all its scopes,
about the first one's articles, readers and addresses: 404 or 403, or where a route names nothing, an answer without a
word of the first one's. Every page is asked for at the first one's host with the cookies of a subscriber of the rival:
the answer must be the one that a stranger gets.
"""

import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from paywall import clock, schema
from paywall.api.ground.routes import Route
from paywall.api.routes import ROUTES
from paywall.app import Product, create_product
from paywall.articles.item import Item
from paywall.articles.keeping import draft_of, put_article
from paywall.database import Database
from paywall.entitlements.comps import put_grant
from paywall.publishers.keys.making import NewKey, create_key
from paywall.publishers.keys.rules import ALL_SCOPES
from paywall.publishers.profiles import read_profile
from paywall.publishers.setup import NewPublisher, set_up_publisher
from paywall.publishers.sites import add_site
from paywall.readers.accounts import open_account
from paywall.readers.email_address import parse_email
from paywall.settings import Environment, Settings
from paywall.telling.endpoints import NewEndpoint, add_endpoint
from paywall.telling.parts import make_telling
from paywall.telling.passing_on import pass_on
from tests.readers.browser import Browser

MARK = "zanzibar"
"""In everything of the first publisher's that has a name."""
SITE = f"https://www.{MARK}.example"
ARTICLE, GRANT, EMAIL = f"{MARK}-article", f"{MARK}-grant", f"{MARK}@example.com"
WEBHOOK = "we_0123456789abcdef"
_NAMES = {"id": ARTICLE, "article": ARTICLE, "grant": GRANT, "webhook": WEBHOOK}
_BODIES: dict[str, Any] = {
    "check": {"article": ARTICLE, "visitor": "visitor-0001"},
    "check_batch": {"checks": [{"article": ARTICLE}, {"url": f"{SITE}/a"}]},
    "put_grant": {"validUntil": "2027-01-01T00:00:00Z", "reason": "Mine now"},
    "exchange_code": {"code": "no-code-of-yours"},
    "put_article": {"title": "Mine now", "url": f"{SITE}/a"},
    "put_articles": {"articles": [{"id": "mine", "title": "Mine", "url": f"{SITE}/a"}]},
    "add_webhook": {"url": f"{SITE}/hooks", "events": ["access.ended"]},
    "replay_webhook": {"since": "2026-01-01T00:00:00Z"},
}
_QUERIES = {"check_by_query": {"url": f"{SITE}/a"}, "find_reader": {"email": EMAIL}}
_HEADERS = {"authorize": {"X-Original-URI": f"/articles/{ARTICLE}"}}
_OWN = {"list_articles", "check_batch", "put_articles", "list_webhooks", "add_webhook"}
"""Routes that name nothing of anybody's: the answer is about the rival's own."""


class Tried(NamedTuple):
    """One call, what it got, and whether that is right."""

    what: str
    status: int
    is_right: bool


def try_all(database_url: str) -> list[Tried]:
    """Call every route with the rival's key, and ask for every page with its subscriber's cookies."""
    product, key = _two_newspapers(database_url)
    try:
        return [*_by_key(product, key), *_by_cookie(product)]
    finally:
        product.database.close()


def _by_key(product: Product, key: str) -> Iterator[Tried]:
    client = product.flask.test_client(use_cookies=False)
    for route in ROUTES:
        path = _path(route.path)
        for host in ("first.test", "rival.test"):
            answer = client.open(
                path,
                method=route.method,
                base_url=f"https://{host}",
                headers={"Authorization": f"Bearer {key}", **_HEADERS.get(route.name, {})},
                query_string=_QUERIES.get(route.name),
                data=_body(route),
                content_type="application/json",
            )
            yield Tried(
                f"key: {route.method} {route.path} at {host}", answer.status_code, _is_right(route.name, answer)
            )


def _is_right(name: str, answer: TestResponse) -> bool:
    said = (
        answer.text.replace(ARTICLE, "").replace(f"{SITE}/a", "").replace(f"{SITE}/hooks", "")
    )  # what the rival itself has sent
    if MARK in said or answer.status_code >= 500:
        return False
    if name in _OWN:
        return True
    return answer.status_code in (403, 404) or (
        name in ("exchange_code", "put_article", "content") and answer.status_code in (400, 401)
    )


def _path(path: str) -> str:
    is_reader = path.startswith("/v1/readers")
    return re.sub(r"{(\w+)}", lambda found: "1" if is_reader and found[1] == "id" else _NAMES.get(found[1], "1"), path)


def _body(route: Any) -> bytes | None:
    return json.dumps(_BODIES.get(route.name, {})).encode() if isinstance(route, Route) and route.body else None


def _by_cookie(product: Product) -> Iterator[Tried]:
    rival, stranger = Browser(product.flask, "rival.test"), Browser(product.flask, "first.test")
    rival.sign_up("subscriber@rival.example")
    at_first = Browser(product.flask, "first.test")
    for name in ("session", "pass", "visitor"):
        found = rival.client.get_cookie(f"__Host-{name}", "rival.test", "/")
        if found:
            at_first.client.set_cookie(f"__Host-{name}", found.value, domain="first.test", path="/", secure=True)
    for rule in product.flask.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", "1", rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            theirs = at_first.client.open(path, method=method, base_url=at_first.base_url)
            nobodys = stranger.client.open(path, method=method, base_url=stranger.base_url)
            is_same = (theirs.status_code, theirs.headers.get("Location")) == (
                nobodys.status_code,
                nobodys.headers.get("Location"),
            )
            is_right = is_same and "subscriber@rival" not in theirs.text
            yield Tried(f"cookies: {method} {rule.rule}", theirs.status_code, is_right)


def _two_newspapers(database_url: str) -> tuple[Product, str]:
    database = Database(database_url)
    with database.writing() as session:
        first = set_up_publisher(session, NewPublisher(MARK, MARK.title(), "first.test")).id
        rival = set_up_publisher(session, NewPublisher("rival", "The Rival", "rival.test")).id
        add_site(session, first, SITE, actor="tests")
        reader = open_account(session, first, parse_email(EMAIL), None)
        assert reader is not None
        session.flush()
        ends = clock.now() + timedelta(days=9)
        put_grant(session, first, reader.id, GRANT, ends_at=ends, reason="Print", actor="tests")
        item = Item("", ARTICLE, "<p>A text of its own.</p>", title=MARK, link=f"{SITE}/a", access="free", slug=ARTICLE)
        put_article(session, first, draft_of(item, read_profile(session, first)), clock.now())
        _add_webhook(session, first)
        key = create_key(session, rival, NewKey("all", ALL_SCOPES, calls_per_second=1_000_000), actor="tests")
    pass_on(database)  # the grant waits to be told to the first one's webhook: delivery 1
    database.close()
    return create_product(_settings(database_url)), key


def _settings(database_url: str) -> Settings:
    return Settings(
        secret_key="other-publisher-0123456789-abcde",
        base_url="https://first.test",
        env=Environment.TEST,
        database_url=database_url,
        log_level="error",
    )


def _add_webhook(session: Session, publisher_id: int) -> None:
    telling = make_telling(_settings("sqlite://"), Database("sqlite://"))
    row, _secret = add_endpoint(telling, session, publisher_id, NewEndpoint(f"{SITE}/hooks"), actor="tests")
    row.public_id = WEBHOOK


def summary(tried: list[Tried]) -> str:
    """Return the figure: what was answered how often, and what was wrong."""
    lines = []
    for kind in ("key", "cookies"):
        mine = [one for one in tried if one.what.startswith(kind)]
        statuses = ", ".join(f"{n} x {status}" for status, n in sorted(Counter(one.status for one in mine).items()))
        wrong = [f"wrong: {one.what}: {one.status}" for one in mine if not one.is_right]
        lines += [*wrong, f"{len(mine)} routes x the other publisher's {kind}: {len(wrong)} wrong ({statuses})"]
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
