"""The parts that belong to the request being answered: settings, session, publisher, CSRF."""

from typing import cast

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from paywall.database import Database
from paywall.publishers.profiles import Profiles
from paywall.publishers.rules import Profile
from paywall.settings import Settings

_KEY = "paywall.web"


def install(app: Flask, settings: Settings, database: Database, profiles: Profiles) -> None:
    """Make the parts known to the application; the request's session is committed by `paywall.web.edge`."""
    app.extensions[_KEY] = (settings, database, profiles)


def settings() -> Settings:
    """Return what this process was told from outside."""
    return cast(Settings, current_app.extensions[_KEY][0])


def database() -> Database:
    """Return the database, for a `writing()` block of its own."""
    return cast(Database, current_app.extensions[_KEY][1])


def session() -> Session:
    """Return the session of this request; it is committed once, after an answer below 500."""
    return database().session()


def known_publisher() -> Profile | None:
    """Return the publisher if this request has asked for it before; never asks by itself."""
    return cast("Profile | None", g.get("publisher"))


def publisher() -> Profile:
    """Return the publisher by the request's host name; raises UnknownHost."""
    if "publisher" not in g:
        profiles = cast(Profiles, current_app.extensions[_KEY][2])
        g.publisher = profiles.at_host(request.host)
    return cast(Profile, g.publisher)
