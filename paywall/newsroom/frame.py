"""What templates can ask for on every page, whichever room renders it."""

from flask import Flask, g, has_request_context
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from paywall.articles.rules import AccessLevel
from paywall.errors import PaywallError
from paywall.gate.decision import Decision
from paywall.gate.words import invitations, notices
from paywall.newsroom import dates
from paywall.newsroom.addresses import article_path, author_path, section_path
from paywall.newsroom.assets import accent_url, static_url
from paywall.newsroom.teasers import access_label, teaser
from paywall.publishers.rules import Profile
from paywall.web import current


def install(app: Flask) -> None:
    """Give every template the publisher (None where nobody can say), the newsroom's addresses, dates and words."""
    app.context_processor(lambda: {"publisher": known_publisher()})
    app.jinja_env.globals.update(
        static_url=static_url,
        accent_url=accent_url,
        article_path=article_path,
        author_path=author_path,
        section_path=section_path,
        access_label=access_label,
        teaser=teaser,
        notice_words=notice_words,
        invitation_words=invitation_words,
        reading_minutes=dates.reading_minutes,
    )
    app.jinja_env.filters.update(local_date=dates.local_date, local_iso=dates.local_iso, dateline=dates.dateline)


def known_publisher() -> Profile | None:
    """Return the publisher of the request; None for an unknown host, without a database, outside a request."""
    if not has_request_context() or g.get("publisher_is_unknown"):
        return None
    try:
        return current.publisher()
    except (PaywallError, SQLAlchemyError, HTTPException):
        g.publisher_is_unknown = True
        return None


def notice_words(decision: Decision | None, publisher: Profile, section: str) -> notices.Notice | None:
    """Return the quiet line above an article of that section."""
    return notices.notice(decision, publisher.meter_for(section))


def invitation_words(
    decision: Decision | None, publisher: Profile, slug: str, section: str, access: str
) -> invitations.Wording:
    """Return the invitation at the end of an article's preview."""
    meter = publisher.meter_for(section)
    ask = invitations.Ask(decision, publisher, meter, AccessLevel(access), article_path(slug))
    return invitations.invitation(ask)
