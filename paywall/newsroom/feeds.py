"""What machines fetch: RSS, Atom, the sitemap, robots.txt. Standfirsts only; the text is never loaded here."""

import re
from email.utils import format_datetime

from flask import Blueprint, Response, render_template

from paywall import clock
from paywall.articles import listings
from paywall.errors import NotFound
from paywall.gate.crawlers.robots import refused_agents
from paywall.newsroom.answers import FEED_SECONDS, origin, shared
from paywall.publishers.rules import SectionRules
from paywall.web import current

blueprint = Blueprint("feeds", __name__)

FEED_ARTICLES = 30
SITEMAP_ADDRESSES = 10_000
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@blueprint.get("/feed.xml")
def rss() -> Response:
    """Answer with the newest of the whole paper as RSS 2.0."""
    return _feed("rss", None)


@blueprint.get("/atom.xml")
def atom() -> Response:
    """Answer with the newest of the whole paper as Atom."""
    return _feed("atom", None)


@blueprint.get("/sections/<slug>/feed.xml")
def section_rss(slug: str) -> Response:
    """Answer with the newest of one section as RSS 2.0."""
    section = current.publisher().section(slug)
    if section is None:
        raise NotFound
    return _feed("rss", section)


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """List every published article; for a large paper, the sitemaps that do."""
    count = listings.count_published(current.session(), current.publisher().id, clock.now())
    if count <= SITEMAP_ADDRESSES:
        return sitemap_part(1)
    parts = range(1, -(-count // SITEMAP_ADDRESSES) + 1)
    return _xml(render_template("newsroom/sitemap_index.xml", parts=parts, origin=origin()), "application/xml")


@blueprint.get("/sitemaps/<int:part>.xml")
def sitemap_part(part: int) -> Response:
    """List one part of a large paper's sitemap, from 1 on."""
    if not 1 <= part <= 5000:
        raise NotFound
    session, publisher = current.session(), current.publisher()
    skip = (part - 1) * SITEMAP_ADDRESSES
    found = listings.addresses(session, publisher.id, clock.now(), skip=skip, most=SITEMAP_ADDRESSES)
    if part > 1 and not found:
        raise NotFound
    page = render_template("newsroom/sitemap.xml", addresses=found, is_first=part == 1, origin=origin())
    return _xml(page, "application/xml")


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Let everything be crawled but the pages that belong to one reader, and not by whom the publisher refuses."""
    refused = refused_agents(current.publisher().crawlers)
    page = render_template("newsroom/robots.txt", origin=origin(), refused=refused)
    return shared(page, "text/plain", FEED_SECONDS)


def _feed(kind: str, section: SectionRules | None) -> Response:
    publisher = current.publisher()
    slug = section.slug if section else None
    articles = listings.newest(current.session(), publisher.id, clock.now(), section=slug, most=FEED_ARTICLES)
    changed_at = max((max(a.opens_at, a.updated_at or a.opens_at) for a in articles), default=None)
    page = render_template(
        f"newsroom/{kind}.xml",
        articles=articles,
        section=section,
        changed_at=changed_at,
        rfc_date=format_datetime,
        origin=origin(),
    )
    return _xml(page, f"application/{kind}+xml")


def _xml(document: str, mimetype: str) -> Response:
    """Return `document` without the characters that XML has no place for."""
    return shared(_NOT_XML.sub("", document), mimetype, FEED_SECONDS)
