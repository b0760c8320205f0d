"""The one place where parts meet."""

from dataclasses import dataclass

from flask import Flask
from flask_wtf import CSRFProtect

from paywall.changes import ChangeFollower
from paywall.database import Database
from paywall.installation import folder
from paywall.newsroom import views as newsroom
from paywall.publishers.profiles import Profiles
from paywall.settings import Settings
from paywall.web import current, edge, error_pages
from paywall.web.cookies import cookie_names


@dataclass(frozen=True, slots=True)
class Product:
    """Everything that one process holds; `flask` answers requests, the rest is for workers, commands and tests."""

    settings: Settings
    database: Database
    profiles: Profiles
    follower: ChangeFollower
    flask: Flask


def create_product(settings: Settings) -> Product:
    """Build the product from its settings; opens no connection but the change follower's."""
    database = Database(settings.database_url)
    profiles = Profiles(database)
    follower = ChangeFollower(database, [profiles.hear])
    flask = _flask(settings, database, profiles)
    return Product(settings, database, profiles, follower, flask)


def create_app(settings: Settings) -> Flask:
    """Return the web application alone."""
    return create_product(settings).flask


def _flask(settings: Settings, database: Database, profiles: Profiles) -> Flask:
    app = Flask("paywall", template_folder=str(folder("templates")), static_folder=None)
    names = cookie_names(https=settings.is_https)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME=names.session,
        SESSION_COOKIE_SECURE=names.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
    )
    current.install(app, settings, database, profiles)
    edge.install(app, database)
    error_pages.install(app)
    app.extensions["paywall.csrf"] = CSRFProtect(app)
    newsroom.install(app)
    return app
