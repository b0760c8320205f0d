"""What search engines are told of an article (schema.org JSON-LD): that it has a wall, and where; never its text."""

from datetime import datetime

from paywall.articles.rules import AccessLevel
from paywall.articles.tables import Article
from paywall.newsroom.addresses import article_path, author_path
from paywall.newsroom.dates import local_iso
from paywall.newsroom.teasers import teaser
from paywall.publishers.rules import Profile

_LONGEST_HEADLINE = 110

BODY_SELECTOR = ".article-body"


def news_article(article: Article, publisher: Profile, origin: str, now: datetime) -> dict[str, object]:
    """Return the NewsArticle as JSON-LD's plain values; dates carry the offset of the publisher's zone."""
    zone = publisher.timezone
    is_free = article.card.level(now) is AccessLevel.FREE
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title[:_LONGEST_HEADLINE],
        "description": teaser(article),
        "inLanguage": article.language,
        "datePublished": local_iso(article.opens_at, zone),
        "dateModified": local_iso(max(article.opens_at, article.updated_at or article.opens_at), zone),
        "author": [_author(name, origin) for name in article.authors] or [_paper(publisher, origin)],
        "publisher": _paper(publisher, origin),
        "mainEntityOfPage": f"{origin}{article_path(article.slug)}",
        "articleSection": _section_name(article, publisher),
        "isAccessibleForFree": is_free,
        **({} if is_free else {"hasPart": _walled_part()}),
    }


def _walled_part() -> dict[str, object]:
    return {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": BODY_SELECTOR}


def _paper(publisher: Profile, origin: str) -> dict[str, str]:
    return {"@type": "NewsMediaOrganization", "name": publisher.name, "url": f"{origin}/"}


def _author(name: str, origin: str) -> dict[str, str]:
    path = author_path(name)
    return {"@type": "Person", "name": name, **({"url": f"{origin}{path}"} if path else {})}


def _section_name(article: Article, publisher: Profile) -> str:
    section = publisher.section(article.section)
    return section.name if section else article.section
