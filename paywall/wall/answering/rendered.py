"""A site that renders an article for a decision: its pages are known by their paths, never fuller than allowed.

The application inside renders an article in full only if `environ["paywall.decision"]` is a full Decision, and marks
every answer that shows one with `Paywall-Article` (its id) and `Paywall-Version`. A marked answer from elsewhere, which
nobody decided on, never leaves.
"""

import re
from typing import TYPE_CHECKING

from structlog import get_logger

from paywall.gate.decision import ArticleName, Verdict
from paywall.wall.answering.headers import (
    NOT_FOUND,
    NOTHING_TO_PREFETCH,
    UNDECIDED,
    for_decision,
    gated,
    is_prefetch,
    other_method,
    with_extras,
)
from paywall.wall.answering.steps import Ask, Body, Head, Judge, Kind, Pass, Read, Steps
from paywall.wall.variants import Page, PageKey, Variants

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

    from _typeshed.wsgi import WSGIEnvironment

log = get_logger()
_slug = re.compile(r"[a-z0-9-]+").fullmatch
_MOST_BYTES = 64 * 1024 * 1024


class RenderedSite:
    """Answers for the site whose articles are at `prefix` and their slugs. Safe to share between threads."""

    def __init__(self, prefix: str, variants: Variants) -> None:
        self._prefix, self._variants = prefix, variants

    def forget_all(self) -> None:
        """Have every page rendered anew."""
        self._variants.forget_all()

    def steps(self, environ: "WSGIEnvironment") -> Steps:
        """Answer one request."""
        path = "/" + environ.get("PATH_INFO", "").lstrip("/")  # routers make one slash of many
        prefix = self._prefix
        if not (path.startswith(prefix) and _slug(path, len(prefix))):
            return (yield from self._ungated(environ))
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD"):
            return other_method(method)
        prefetches = is_prefetch(environ)
        verdict = yield Judge(ArticleName(path[len(prefix) :]), method == "GET" and not prefetches)
        if verdict is None:
            return (yield from self._ungated(environ))
        if prefetches and not verdict.decision.is_full:
            return NOTHING_TO_PREFETCH
        page = yield from self._page(verdict)
        return page._replace(headers=with_extras(page.headers, verdict))

    def _page(self, verdict: Verdict) -> "Generator[Any, Any, Page]":
        """Return the page for the verdict: the one kept, else a newly rendered one, else what was kept before."""
        decision, article_id, version, language = verdict[:4]
        key = PageKey(article_id, version, language, decision)
        kept = self._variants.get(key)
        if kept is not None:
            return kept
        page = yield from self._rendered(verdict, key)
        if page.status.startswith("5"):
            instead = self._variants.instead(key)
            return page if instead is None else instead._replace(headers=for_decision(instead.headers, decision))
        return page

    def _rendered(self, verdict: Verdict, key: PageKey) -> "Generator[Any, Any, Page]":
        generation = self._variants.generation
        head: Head = yield Ask(Kind.NOBODY_WITHOUT_QUERY, verdict.decision)
        marked, version = head.header("paywall-article"), head.header("paywall-version")
        if verdict is not UNDECIDED and marked not in (None, str(verdict.article_id)):
            log.error("another article came than the one decided on", asked=verdict.article_id, came=marked)
            return NOT_FOUND
        body: Body = yield Read(_MOST_BYTES)
        is_ok = head.status.startswith("200")
        headers = gated(head.headers, len(body.content), verdict.decision if is_ok else None, keeps_cookies=False)
        page = Page(head.status, headers, body.content, generation)
        sets_cookie = head.header("set-cookie") is not None
        if is_ok and marked and version == verdict.version and not sets_cookie and verdict is not UNDECIDED:
            self._variants.keep(key, page)
        return page

    def _ungated(self, environ: "WSGIEnvironment") -> Steps:
        """Pass a request on as it came. An article that comes back all the same is stopped here."""
        head = yield Ask(Kind.AS_IT_CAME)
        if head.header("paywall-article") is None:
            return Pass(head.headers)
        log.error("an article left the application ungated, and was stopped", path=environ.get("PATH_INFO"))
        return NOT_FOUND
