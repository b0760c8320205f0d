"""Reading imported articles through the wall: what a stranger gets of each, and what somebody who has paid gets."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import unescape

from selectolax.lexbor import LexborHTMLParser
from werkzeug.test import TestResponse

from paywall.articles.body.markup import plain_text
from paywall.articles.tables import Article

Get = Callable[[str], TestResponse]
_SHORTEST = 12  # characters: what is shorter may stand anywhere by chance
_STOPS = ".!?…\u3002\uff01\uff1f\u061f\u06d4\u104b"  # with Chinese, Arabic, Urdu and Burmese ones
_SENTENCE = re.compile(f"[^{_STOPS}\n]+[{_STOPS}]*")


@dataclass(slots=True)
class Seen:
    """What was found; `problems` is empty when the wall does its work."""

    articles: int = 0
    hidden_sentences: int = 0
    problems: list[str] = field(default_factory=list)

    def expect(self, truth: bool, slug: str, problem: str) -> None:
        """Note a problem unless `truth`."""
        if not truth:
            self.problems.append(f"{slug}: {problem}")


def read_through_the_wall(stranger: Get, subscriber: Get, articles: Iterable[Article]) -> Seen:
    """Ask for each article as a stranger and as a subscriber, each a function from a path to an answer."""
    seen = Seen()
    for article in articles:
        seen.articles += 1
        path = f"/articles/{article.slug}"
        _check_preview(seen, article, stranger(path))
        _check_whole(seen, article, subscriber(path))
    return seen


def _check_preview(seen: Seen, article: Article, answer: TestResponse) -> None:
    hidden = hidden_sentences(article)
    seen.hidden_sentences += len(hidden)
    body = _all_text(answer.text)
    seen.expect(answer.headers.get("Paywall-Decision", "").startswith("preview"), article.slug, "not a preview")
    seen.expect('class="invitation"' in answer.text, article.slug, "no invitation")
    seen.expect(bool(hidden), article.slug, "nothing is left for the wall to hide")
    leaked = [sentence for sentence in hidden if sentence in body]
    seen.expect(not leaked, article.slug, f"the preview gives away: {leaked[:1]}")


def _check_whole(seen: Seen, article: Article, answer: TestResponse) -> None:
    seen.expect(answer.headers.get("Paywall-Decision", "").startswith("full"), article.slug, "not opened")
    body = _all_text(answer.text)
    missing = [sentence for sentence in _sentences(article.body_html) if sentence not in body]
    seen.expect(not missing, article.slug, f"the whole text lacks: {missing[-1:]}")


def hidden_sentences(article: Article) -> list[str]:
    """Return the sentences that only the whole text has."""
    shown = _squeeze(" ".join([plain_text(article.preview_html), article.title, article.standfirst]))
    return [sentence for sentence in _sentences(article.body_html) if sentence not in shown]


def _sentences(html: str) -> list[str]:
    found = (_squeeze(match[0]) for match in _SENTENCE.finditer(plain_text(html)))
    return [sentence for sentence in found if len(sentence) >= _SHORTEST]


def _all_text(page: str) -> str:
    """Return all text of a page: what is shown, what scripts hold, and what attributes say."""
    tree = LexborHTMLParser(page)
    scripts = "".join(_script(node.text()) for node in tree.css("script"))
    attributes = "\n".join(value or "" for node in tree.css("*") for value in node.attributes.values())
    shown = re.sub(r"<(br|/p|/li|/h\d|/td|/th|/figcaption|/caption|/blockquote)\b[^>]*>", "\n", page)
    return _squeeze(unescape(re.sub(r"<[^>]*>", "", shown)) + scripts + attributes)


def _script(source: str) -> str:
    try:
        return json.dumps(json.loads(source), ensure_ascii=False)
    except ValueError:
        return source


def _squeeze(text: str) -> str:
    return " ".join(text.split())
