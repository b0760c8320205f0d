"""Two newspapers on one service, alike in everything: articles, a site, a reader who may read all, a webhook, a key."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from paywall import clock
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
from paywall.settings import Environment, Settings
from paywall.telling.endpoints import NewEndpoint, add_endpoint
from paywall.telling.parts import make_telling
from paywall.telling.passing_on import pass_on
from tests.readers.browser import Browser


@dataclass
class Paper:
    """One of the two. Its name is in everything of its own that has a name."""

    name: str
    number: int
    product: Product = field(init=False)
    key: str = field(init=False)
    browser: Browser = field(init=False)
    """Of its subscriber."""

    def __post_init__(self) -> None:
        self.host, self.site = f"{self.name}.test", f"https://www.{self.name}.example"
        self.locked, self.free, self.grant = f"{self.name}-locked", f"{self.name}-free", f"{self.name}-grant"
        self.email, self.webhook = f"subscriber@{self.name}.example", f"we_000000000000000{self.number}"
        self.text = f"The last words of {self.name} are for its subscribers."

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> TestResponse:
        """Call the interface with this paper's key."""
        headers = {"Authorization": f"Bearer {self.key}", **more.pop("headers", {})}
        more.setdefault("base_url", f"https://{self.host}")
        if body is not None:
            more |= {"data": json.dumps(body).encode(), "content_type": "application/json"}
        return self.product.flask.test_client(use_cookies=False).open(path, method=method, headers=headers, **more)

    def code(self) -> str:
        """Return a code by which the paper's site may learn of its subscriber."""
        sent_back = self.browser.get("/connect", query_string={"to": f"{self.site}/a"}).headers["Location"]
        return parse_qs(urlsplit(sent_back).query)["paywall_code"][0]

    def token(self) -> str:
        """Return the reader token of its subscriber."""
        return str((self.call("POST", "/v1/readers/token", {"code": self.code()}).json or {})["token"])

    def signed_pass(self) -> str:
        """Return a pass that opens everything of this paper's."""
        answer = self.call("POST", "/v1/check", {"article": self.locked, "reader": self.token()})
        return str((answer.json or {})["pass"])


def two_newspapers(database_url: str) -> tuple[Paper, Paper]:
    """Set both up in an empty database, and the service over it."""
    papers, database = (Paper("zanzibar", 1), Paper("rival", 2)), Database(database_url)
    with database.writing() as session:
        for paper in papers:
            _set_up(session, paper)
    product = create_product(_settings(database_url))
    for paper in papers:
        paper.product, paper.browser = product, Browser(product.flask, paper.host)
        paper.browser.sign_up(paper.email)
    with database.writing() as session:
        for paper in papers:
            ends = clock.now() + timedelta(days=9)
            put_grant(session, paper.number, paper.number, paper.grant, ends_at=ends, reason="Print", actor="tests")
    pass_on(database)  # the grants wait to be told to each one's webhook: deliveries 1 and 2
    database.close()
    for paper in papers:
        assert paper.text in paper.browser.get(f"/articles/{paper.locked}").text
    return papers


def _set_up(session: Session, paper: Paper) -> None:
    assert set_up_publisher(session, NewPublisher(paper.name, paper.name.title(), paper.host)).id == paper.number
    add_site(session, paper.number, paper.site, actor="tests")
    for key, access in ((paper.free, "free"), (paper.locked, "subscribers")):
        end = f"<p>{paper.text}</p>" if key == paper.locked else ""
        html = "<p>What everybody may read goes on for a while.</p>" * 40 + end
        item = Item("", key, html, title=key, link=f"{paper.site}/{key}", access=access, slug=key, section=paper.name)
        put_article(session, paper.number, draft_of(item, read_profile(session, paper.number)), clock.now())
    telling = make_telling(_settings("sqlite://"), Database("sqlite://"))
    row, _secret = add_endpoint(telling, session, paper.number, NewEndpoint(f"{paper.site}/hooks"), actor="tests")
    row.public_id = paper.webhook
    new = NewKey("everything", ALL_SCOPES, calls_per_second=1_000_000)
    paper.key = create_key(session, paper.number, new, actor="tests")


def _settings(database_url: str) -> Settings:
    return Settings(
        secret_key="two-newspapers-0123456789-abcdef",
        base_url="https://zanzibar.test",
        env=Environment.TEST,
        database_url=database_url,
        log_level="error",
    )
