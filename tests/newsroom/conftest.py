"""A newspaper with articles, and its pages without the wall around them: what a Decision opens is put in by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from paywall import clock
from paywall.articles.rules import Schedule
from paywall.articles.tables import Article
from paywall.database import Database
from paywall.gate.decision import Decision, Extent, Reason
from paywall.installation import folder
from paywall.newsroom import views
from paywall.publishers.profiles import Profiles
from paywall.publishers.rules import Profile
from paywall.settings import Environment, Settings
from paywall.web import current, edge, error_pages

CANARY = "Nine herons crossed the harbour before the ink was dry."
PREVIEW = "The preview stands here for everybody."
FULL = {"paywall.decision": Decision(Extent.FULL, Reason.SUBSCRIBED)}

AddArticle = Callable[..., Article]


@pytest.fixture
def app(database: Database, database_url: str) -> Flask:
    settings = Settings(
        secret_key="not a secret, only long enough", base_url="http://news.test", env=Environment.TEST,
        database_url=database_url,
    )  # fmt: skip
    app = Flask("paywall", template_folder=str(folder("templates")), static_folder=None)
    app.config["SECRET_KEY"] = settings.secret_key
    current.install(app, settings, database, Profiles(database))
    edge.install(app, database)
    error_pages.install(app)
    views.install(app)
    return app


@pytest.fixture
def client(app: Flask, publisher: Profile) -> FlaskClient:
    app.config["SERVER_NAME"] = publisher.hosts[0]  # where the test client calls
    return app.test_client()


@pytest.fixture
def add_article(database: Database, publisher: Profile) -> AddArticle:
    def add(slug: str = "the-ferry", **changes: Any) -> Article:
        values: dict[str, Any] = {
            "publisher_id": publisher.id, "key": slug, "slug": slug, "title": f"Title of {slug}",
            "standfirst": f"Standfirst of {slug}.", "section": "news", "authors": ["Leyla Əliyeva"],
            "access": "subscribers", "published_at": clock.now() - timedelta(hours=1), "word_count": 690,
            "body_html": f"<p>{PREVIEW}</p><p>{CANARY}</p>", "preview_html": f"<p>{PREVIEW}</p>", "version": "v1",
        }  # fmt: skip
        article = Article(**(values | changes))
        schedule = Schedule(article.published_at, article.embargoed_until)
        article.opens_at = changes.get("opens_at", schedule.opens_at)
        with database.writing() as session:
            session.add(article)
        return article

    return add


def at(day: int, hour: int = 12) -> datetime:
    """A moment in October 2026, UTC."""
    return datetime(2026, 10, day, hour, tzinfo=UTC)
