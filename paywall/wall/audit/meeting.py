"""Getting to know a site: the article as a visitor, as the entitled reader, and as one whose free views are gone."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from paywall.wall.audit.asking.asks import Answer, Ask
from paywall.wall.audit.asking.fetching import Browser, Fetcher
from paywall.wall.audit.asking.guesses import lists
from paywall.wall.audit.asking.links import articles_in, named_by, sitemaps_in
from paywall.wall.audit.asking.people import ENTITLED, RETURNING, SPENT, VISITOR
from paywall.wall.audit.asking.site import Site
from paywall.wall.audit.looking.pages import HtmlPage
from paywall.wall.audit.plan import Plan
from paywall.wall.audit.surfaces import Surface

_OTHERS = 2
"""So many other articles tell what every page has in common."""
_SPENT_REASON = "meter_used_up"
_SHOWS_A_PAGE = frozenset({200, 401, 402, 403})


class Unreachable(Exception):
    """The article's page can't be had, so nothing can be said about it."""


@dataclass
class Meeting:
    """What is known of the site after the first steps."""

    site: Site
    first: Answer
    spent: Browser
    styles: str = ""
    entitled: list[Answer] = field(default_factory=list)
    again: list[Answer] = field(default_factory=list)
    after_views: Answer | None = None
    views: int = 0
    revisited: Answer | None = None
    """The page as a visitor, asked with the full page's ETag."""
    others: list[Answer] = field(default_factory=list)
    """Other articles: as a visitor, and as the entitled reader."""

    def page(self, answer: Answer) -> HtmlPage:
        """Return the page of an answer, with the site's style sheets."""
        return HtmlPage(answer.text, self.styles)


def meet(fetcher: Fetcher, plan: Plan) -> Meeting:
    """Take the first steps. Raises Unreachable, LimitReached."""
    first = fetcher.ask(Browser(VISITOR), Ask(Surface.PAGE, plan.site.url))
    _require_a_page(first)
    site = Site(first.url, plan.site.credentials)
    fetcher.site = site
    meeting = Meeting(site, first, Browser(SPENT, keeps_cookies=True))
    meeting.styles = _styles(fetcher, first, site)
    if plan.cookie:
        meeting.entitled = [_as_entitled(fetcher, site.url) for _ in range(2)]
    returning = Browser(RETURNING, keeps_cookies=True)
    meeting.again = [fetcher.ask(returning, Ask(Surface.PAGE, site.url)) for _ in range(2)]
    tag = meeting.entitled[0].header("etag") if meeting.entitled else None
    if tag:
        ask = Ask(Surface.CONDITION, site.url, headers={"If-None-Match": tag})
        meeting.revisited = fetcher.ask(Browser(VISITOR), ask)
    _use_up_views(fetcher, meeting, _other_articles(fetcher, meeting, plan), plan.views)
    if plan.cookie:
        meeting.others += [_as_entitled(fetcher, other.url) for other in meeting.others[:1]]
    return meeting


def _require_a_page(first: Answer) -> None:
    if first.problem or first.status not in _SHOWS_A_PAGE:
        why = first.problem or f"status {first.status}"
        raise Unreachable(f"{first.ask.url} could not be read: {why}.{_hint(first.status)}")
    if first.header("location"):
        raise Unreachable(f"{first.ask.url} leads away from the site, to {first.header('location')}.")
    if not first.is_page:
        raise Unreachable(f"{first.ask.url} is no page but {first.kind}.")
    if first.status == 403 and len(first.text) < 2_000:
        raise Unreachable(f"{first.ask.url} could not be read: status 403.{_hint(403)}")


def _hint(status: int) -> str:
    if status in (403, 429, 503):
        return " The site turns programs away: let this machine's address pass, or run the audit behind the protection."
    return " Give the address of an article." if status in (404, 410) else ""


def _styles(fetcher: Fetcher, first: Answer, site: Site) -> str:
    sheets = [ask for ask in named_by(first, site) if ask.surface is Surface.SCRIPT and ".css" in ask.url]
    return "\n".join(answer.text for ask in sheets if (answer := fetcher.ask(Browser(VISITOR), ask)).status == 200)


def _as_entitled(fetcher: Fetcher, url: str) -> Answer:
    return fetcher.ask_entitled(Browser(ENTITLED), url, Ask(Surface.PAGE, url))


def _other_articles(fetcher: Fetcher, meeting: Meeting, plan: Plan) -> list[str]:
    """Return addresses of other articles, from the front page, the article itself, feeds and sitemaps."""
    found: dict[str, None] = {}
    for answer in _with_links(fetcher, meeting, plan):
        found.update(dict.fromkeys(articles_in(answer, meeting.site)))
        if len(found) >= 2 * plan.views:
            break
    return list(found)


def _with_links(fetcher: Fetcher, meeting: Meeting, plan: Plan) -> Iterator[Answer]:
    visitor, site = Browser(VISITOR), meeting.site
    yield meeting.first
    for ask in lists(site):
        yield fetcher.ask(visitor, ask)
    for url in plan.feeds:
        yield fetcher.ask(visitor, Ask(Surface.FEED, url))
    robots = fetcher.ask(visitor, Ask(Surface.SITEMAP, f"{site.origin}/robots.txt"))
    for url in [*plan.sitemaps, *sitemaps_in(robots), f"{site.origin}/sitemap.xml"]:
        named = site.resolve(url)
        answer = fetcher.ask(visitor, Ask(Surface.SITEMAP, named)) if named else robots
        yield answer
        for inner in sitemaps_in(answer) if answer is not robots else ():
            if (further := site.resolve(inner)) is not None:
                yield fetcher.ask(visitor, Ask(Surface.SITEMAP, further))


def _use_up_views(fetcher: Fetcher, meeting: Meeting, others: list[str], most: int) -> None:
    """Open other articles, as many as may be or until the site says that no view is left; then ours."""
    for url in others[:most]:
        answer = fetcher.ask(meeting.spent, Ask(Surface.LISTING, url))
        meeting.views += answer.status == 200
        if answer.is_page and answer.status == 200 and len(meeting.others) < _OTHERS:
            meeting.others.append(answer)
        if _SPENT_REASON in (answer.header("paywall-decision") or ""):
            break
    meeting.after_views = fetcher.ask(meeting.spent, Ask(Surface.PAGE, meeting.site.url))
