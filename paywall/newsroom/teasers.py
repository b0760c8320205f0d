"""What a list may show of an article: a sentence or two, and a word on who may read it where that helps."""

from datetime import datetime

from markupsafe import Markup

from paywall.articles.rules import AccessLevel
from paywall.articles.tables import Article
from paywall.publishers.rules import Profile

TEASER_CHARACTERS = 220


def teaser(article: Article) -> str:
    """Return the standfirst; where there is none, the beginning of the preview."""
    return article.standfirst.strip() or shortened(Markup(article.preview_html).striptags())  # noqa: S704 - never shown as HTML


def shortened(text: str) -> str:
    """Return `text`, cut at a word and marked with an ellipsis where it is longer than a teaser."""
    if len(text) <= TEASER_CHARACTERS:
        return text
    head = text[:TEASER_CHARACTERS]
    return (head.rsplit(None, 1)[0] if " " in head else head).rstrip(" ,;:.") + "…"


def access_label(article: Article, publisher: Profile, now: datetime) -> str:
    """Return who may read the article where that is not everybody or a matter of the meter; else nothing."""
    if publisher.wall_is_lifted(article.section, now):
        return ""
    match article.card.level(now):
        case AccessLevel.SUBSCRIBERS:
            return "Subscribers"
        case AccessLevel.REGISTERED:
            return "Free account"
        case _:
            return ""
