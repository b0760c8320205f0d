"""The pages of the newspaper: front, sections, authors, articles.

An article's text is loaded only where the request carries a full Decision of the gate; without one it is the preview.
"""

from flask import Blueprint, Response, make_response, redirect, render_template, request

from paywall import clock
from paywall.articles import listings
from paywall.articles.rules import Presence
from paywall.articles.tables import Article
from paywall.errors import NotFound, PaywallError
from paywall.gate.decision import Decision
from paywall.newsroom.answers import known, origin, page_number, shared
from paywall.newsroom.front import front_page
from paywall.newsroom.structured import news_article
from paywall.web import current

blueprint = Blueprint("newsroom", __name__)


class Withdrawn(PaywallError):
    """The publisher has withdrawn this article."""

    status = 410
    code = "withdrawn"


@blueprint.get("/")
def front() -> Response:
    """Show the paper's front page."""
    now = clock.now()
    page = front_page(current.session(), current.publisher(), now)
    return shared(render_template("newsroom/front.html", front=page, now=now, origin=origin()))


@blueprint.get("/sections/<slug>")
def section(slug: str) -> Response:
    """Show a section, newest first."""
    publisher, now, page = current.publisher(), clock.now(), page_number()
    rules = publisher.section(slug)
    if rules is None:
        raise NotFound
    listing = listings.in_section(current.session(), publisher.id, rules.slug, now, page)
    return _list_page("newsroom/section.html", listing, page, section=rules)


@blueprint.get("/authors/<slug>")
def author(slug: str) -> Response:
    """Show what an author has published, newest first."""
    session, publisher, now, page = current.session(), current.publisher(), clock.now(), page_number()
    name = listings.author_name(session, publisher.id, known(slug), now)
    if name is None:
        raise NotFound
    return _list_page(
        "newsroom/author.html", listings.by_author(session, publisher.id, slug, now, page), page, name=name
    )


@blueprint.get("/articles/<slug>")
def article(slug: str) -> Response:
    """Show an article as far as the gate's decision goes; the marker headers are for the wall around us."""
    publisher, now, decision = current.publisher(), clock.now(), _decision()
    is_full = decision is not None and decision.is_full
    found = listings.article_page(current.session(), publisher.id, known(slug), whole=is_full)
    if found is None or found.schedule.presence(now) is Presence.NOT_YET:
        raise NotFound
    if found.schedule.presence(now) is Presence.WITHDRAWN:
        raise Withdrawn
    if not found.word_count:
        return _elsewhere(found)
    page = render_template(
        "newsroom/article.html",
        article=found,
        decision=decision,
        is_full=is_full,
        level=found.card.level(now),
        structured=news_article(found, publisher, origin(), now),
        origin=origin(),
    )
    response = make_response(page)
    response.headers["Paywall-Article"] = str(found.id)
    response.headers["Paywall-Version"] = found.version
    return response


def _elsewhere(article: Article) -> Response:
    """Lead to where an article lives whose text its publisher keeps."""
    if article.url is None:
        raise NotFound
    return make_response(redirect(article.url, 303))


def _decision() -> Decision | None:
    found = request.environ.get("paywall.decision")
    return found if isinstance(found, Decision) else None


def _list_page(template: str, listing: listings.Listing, page: int, **values: object) -> Response:
    if page > 1 and not listing.articles:
        raise NotFound
    return shared(render_template(template, listing=listing, page=page, now=clock.now(), origin=origin(), **values))
