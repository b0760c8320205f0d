"""Where the newsroom's pages are: paths for templates, and whole addresses for feeds and machines."""

from urllib.parse import quote, urlsplit

from paywall.articles.rules import author_slug
from paywall.publishers.rules import Profile

ARTICLES = "/articles/"


def article_path(slug: str) -> str:
    """Return the path of an article's page."""
    return f"{ARTICLES}{quote(slug, safe='')}"


def section_path(slug: str) -> str:
    """Return the path of a section's page."""
    return f"/sections/{quote(slug, safe='')}"


def author_path(name: str) -> str | None:
    """Return the path of an author's page; None for a name that has no letter or digit."""
    slug = author_slug(name)
    return f"/authors/{quote(slug, safe='')}" if slug else None


def origin(publisher: Profile, base_url: str) -> str:
    """Return the canonical `scheme://host` of a publisher: the deployment's own address where it answers to it."""
    parts = urlsplit(base_url)
    host = parts.netloc if parts.netloc in publisher.hosts or not publisher.hosts else publisher.hosts[0]
    return f"{parts.scheme}://{host}"
