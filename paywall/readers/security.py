"""Joins Flask-Security to the product: our session, our publisher, our rows, none of its pages.

Flask-Security and Flask-Login know how a reader gets into a session and out of it; what the pages say, and with
which status, is ours (`paywall.readers.views`).
"""

from datetime import timedelta
from typing import Any

from flask import Flask
from flask_security import SQLAlchemySessionUserDatastore
from flask_security.core import Security
from sqlalchemy import select

from paywall.database import Database
from paywall.readers import sign_ins
from paywall.readers.tables import Reader
from paywall.readers.views import blueprints
from paywall.web import current

KEPT_SIGNED_IN = timedelta(days=30)


class ReaderStore(SQLAlchemySessionUserDatastore):
    """Flask-Security's view of the readers: those of the request's publisher, nobody else's."""

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Reader | None:  # noqa: ANN401, ARG002
        """Return the publisher's reader by one attribute, compared as it is."""
        [(attribute, value)] = kwargs.items()
        query = select(Reader).where(Reader.publisher_id == current.publisher().id)
        return current.session().scalar(query.where(getattr(Reader, attribute) == value))

    def commit(self) -> None:
        """Write, but leave the commit to the edge of the request, so that rows and mails live and die together."""
        current.session().flush()


def install(app: Flask, database: Database) -> None:
    """Give `app` its readers: sign-up, sign-in, sign-out, confirmation, new passwords, and `/-/identity`."""
    app.config.update(
        PERMANENT_SESSION_LIFETIME=KEPT_SIGNED_IN,
        SESSION_PROTECTION=None,  # rows end sessions; a phone changes its address every hour
        WTF_CSRF_SSL_STRICT=False,  # our pages with links keep their address to themselves; web.origin judges instead
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_PASSWORD_SALT="unused: argon2 brings its own",  # noqa: S106
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
    )
    store = ReaderStore(database.session, Reader, None)  # type: ignore[arg-type] # we have no roles
    security = Security(app, store, register_blueprint=False)
    _let_templates_be(app)
    sign_ins.install(app, security)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)


def _let_templates_be(app: Flask) -> None:
    """Take Flask-Login's `current_user` from templates: it asks the database on every page, those of errors included.

    An error page must come out where the database is away, or where the host is nobody's.
    """
    processors = app.template_context_processors[None]
    processors[:] = [one for one in processors if one.__module__ != "flask_login.utils"]
