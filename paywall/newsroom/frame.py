"""What `templates/layout.html` needs on every page, whichever room renders it."""

from urllib.parse import quote

from flask import Flask, g, has_request_context
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from paywall.errors import PaywallError
from paywall.newsroom.assets import accent_url, static_url
from paywall.publishers.rules import Profile
from paywall.web import current


def install(app: Flask) -> None:
    """Give every template the publisher (None where nobody can say) and the addresses of the newsroom's pages."""
    app.context_processor(lambda: {"publisher": known_publisher()})
    app.jinja_env.globals.update(
        static_url=static_url, accent_url=accent_url, article_path=article_path, section_path=section_path
    )


def known_publisher() -> Profile | None:
    """Return the publisher of the request; None for an unknown host, without a database, outside a request."""
    if not has_request_context() or g.get("publisher_is_unknown"):
        return None
    try:
        return current.publisher()
    except (PaywallError, SQLAlchemyError, HTTPException):
        g.publisher_is_unknown = True
        return None


def article_path(slug: str) -> str:
    """Return the path of an article's page."""
    return f"/articles/{quote(slug, safe='')}"


def section_path(slug: str) -> str:
    """Return the path of a section's page."""
    return f"/sections/{quote(slug, safe='')}"
