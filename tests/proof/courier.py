"""The demo's newspaper in the whole product, beside a stand-in Stripe, with all who may not read it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import select

from paywall import clock, schema
from paywall.articles.tables import Article
from paywall.billing.syncing.sync import sync_subscription
from paywall.database import Base, Database
from paywall.demo import content, mailbox
from paywall.demo.place import Place
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import Profile
from paywall.publishers.setup import answer_only_at
from paywall.publishers.tables import Publisher
from paywall.web import limits
from tests.billing.shop import Shop, open_shop
from tests.browser.demo import ARTICLES, DemoArticle, read_articles
from tests.gate.conftest import an_article
from tests.proof.buying import buy, cancel_at_period_end, refund
from tests.proof.surfaces import GOOGLEBOT
from tests.readers.browser import Browser

HOST = "news.test"
PRICE = "courier:digital:month:azn"
FILLERS = 5
"""As many as a reader may open: whoever has read these has nothing left for the articles that count."""
ENDED_DAYS_AGO = 40
ALL = frozenset({"registered", "metered", "subscribers"})
SPOOFED = {"User-Agent": GOOGLEBOT, "X-Forwarded-For": "66.249.66.1", "Referer": "https://www.google.com/"}


@dataclass(frozen=True)
class Person:
    """Somebody with a browser; `shut` are the access levels that must not open, `headers` go with every request."""

    name: str
    browser: Browser
    shut: frozenset[str]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Courier:
    """The newspaper, its articles behind a wall, and who asks for them."""

    shop: Shop
    articles: list[DemoArticle]
    sections: list[str]
    authors: list[str]
    people: list[Person]
    entitled: Browser


@contextmanager
def courier(folder: Path, articles_per_level: int | None = None) -> Iterator[Courier]:
    """Build it in an empty folder. Business time is turned forward inside, so that a subscription can have ended."""
    shop = _open(folder)
    articles = _locked(articles_per_level)
    ended = _subscriber(shop, articles)
    cancel_at_period_end(shop.gateway, shop.subscriptions()[0]["id"])
    away = timedelta(days=ENDED_DAYS_AGO)
    with patch.object(clock, "_offset", away):
        shop.time.move(days=ENDED_DAYS_AGO)
        shop.sandbox.tick()
        sync_subscription(shop.billing, shop.subscriptions()[0]["id"])
        refunded = _subscriber(shop, articles)
        refund(shop.gateway, shop.subscriptions()[0]["id"])
        sync_subscription(shop.billing, shop.subscriptions()[0]["id"], with_money_back=True)
        shop.product.follower.poll()  # as a serving process does every two seconds
        entitled = _subscriber(shop, articles)
        yield Courier(shop, articles, *_lists(shop), _people(shop, ended, refunded), entitled)
    shop.sandbox.close()
    shop.product.database.close()


def _open(folder: Path) -> Shop:
    url = f"sqlite:///{folder / 'paywall.sqlite3'}"
    schema.load_tables()
    database = Database(url)
    Base.metadata.create_all(database.engine)
    shop = open_shop(url, _publisher(database, folder), folder)
    database.close()
    shop.product.flask.register_blueprint(mailbox.blueprint)
    limits.install(shop.product.flask, None).enabled = False
    return shop


def _publisher(database: Database, folder: Path) -> Profile:
    publisher = content.fill(database, Place(folder, "http://127.0.0.1:8000"))
    with database.writing() as session:
        answer_only_at(session, session.get_one(Publisher, publisher.id), [HOST])
        session.add_all(an_article(publisher.id, f"filler-{number}") for number in range(FILLERS))
    with database.reading() as session:
        return read_profile(session, publisher.id)


def _locked(articles_per_level: int | None) -> list[DemoArticle]:
    articles = read_articles(ARTICLES)
    return [one for level in sorted(ALL) for one in [a for a in articles if a.access == level][:articles_per_level]]


def _lists(shop: Shop) -> tuple[list[str], list[str]]:
    with shop.database.reading() as session:
        bylines = [byline.slug for article in session.scalars(select(Article)) for byline in article.bylines]
    return [section.slug for section in shop.publisher.sections], sorted(set(bylines))


def _people(shop: Shop, ended: Browser, refunded: Browser) -> list[Person]:
    visitor, reader = Browser(shop.product.flask), shop.browser()
    return [
        Person("visitor", visitor, ALL - {"metered"}),
        Person("visitor, allowance spent", _spent(Browser(shop.product.flask)), ALL),
        Person("reader without a subscription, spent", _spent(reader), ALL - {"registered"}),
        Person("spoofed Googlebot", Browser(shop.product.flask), ALL - {"metered"}, SPOOFED),
        Person("spoofed Googlebot, allowance spent", _spent(Browser(shop.product.flask)), ALL, SPOOFED),
        Person("forged prefetch", Browser(shop.product.flask), ALL, {"Sec-Purpose": "prefetch"}),
        Person("reader whose subscription has ended", _spent(ended), ALL - {"registered"}),
        Person("reader who was refunded in full", _spent(refunded), ALL - {"registered"}),
    ]


def _subscriber(shop: Shop, articles: list[DemoArticle]) -> Browser:
    """Return the browser of somebody who has just paid, and reads."""
    browser = shop.browser()
    buy(shop, browser, PRICE, articles[0].path)
    opened = [article.canary in browser.get(article.path).text for article in articles]
    assert all(opened), "a subscriber must read before it can be shown that others can't"
    return browser


def _spent(browser: Browser) -> Browser:
    for number in range(FILLERS):
        browser.get(f"/articles/filler-{number}")
    decision = browser.get(f"/articles/filler-{FILLERS - 1}").headers["Paywall-Decision"]
    assert decision.endswith("left=0"), decision
    return browser
